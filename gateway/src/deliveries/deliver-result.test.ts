import { webhook, type FinishedJob } from '@draftkeeper/contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import { deliverResult } from './deliver-result.ts';
import type { DeliveryVerdict } from './delivery-store.ts';
import type { WebhookAnswer } from './post-webhook.ts';

const { site } = createTestSite();
const clock = new ManualClock();
const NOW = clock.now();
const finished: FinishedJob = {
	uuid: '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77', request_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', outcome: { status: 'canceled' }, attempts: [],
	maybe_billed_twice: false, finished_at: '2026-03-01T09:29:00Z',
};
const ID = 'msg_1';

function deliver( answer: Partial< WebhookAnswer > | Error, tries = 0, random = 0 ): Promise< DeliveryVerdict > {
	return deliverResult( {
		post: async () => {
			if ( answer instanceof Error ) {
				throw answer;
			}
			return { status: 200, body: '', retryAfter: undefined, ...answer };
		},
		clock, random: () => random,
	}, site, { id: ID, tenant: site.tenant, tries, finished } );
}

describe( 'a delivery', () => {
	it( 'posts the contract’s webhook, signed at the time it is sent', async () => {
		const posted: { headers: Record< string, string >; body: string }[] = [];
		await deliverResult( {
			post: async ( _site, headers, body ) => {
				posted.push( { headers, body } );
				return { status: 500, body: '', retryAfter: undefined };
			},
			clock, random: () => 0,
		}, site, { id: ID, tenant: site.tenant, tries: 3, finished } );
		expect( posted[ 0 ]?.headers ).toMatchObject( { 'webhook-id': ID, 'webhook-timestamp': String( NOW / 1000 ), 'x-request-id': finished.request_id } );
		expect( posted[ 0 ]?.headers[ 'traceparent' ] ).toMatch( /^00-f47ac10b58cc4372a5670e02b2c3d479-[0-9a-f]{16}-01$/ );
		expect( webhook.parse( JSON.parse( posted[ 0 ]?.body ?? '' ) ) ).toEqual( {
			type: 'job.finished', timestamp: finished.finished_at, contract_version: 1, data: finished,
		} );
	} );

	it( 'is acknowledged by its own id and nothing else', async () => {
		expect( await deliver( { body: '{"received":"msg_1"}' } ) ).toEqual( { then: 'acknowledged' } );
		for ( const body of [ '', 'OK', '<html>Are you human?</html>', '{}', '{"received":true}', '{"received":"msg_2"}', '{"received":"msg_1","more":1}', '["msg_1"]' ] ) {
			expect( await deliver( { body } ) ).toMatchObject( { then: 'retry', failure: 'http 200' } );
		}
		expect( await deliver( { status: 201, body: '{"received":"msg_1"}' } ) ).toMatchObject( { then: 'retry' } );
	} );

	it( 'is refused only by our own code for a job that the site does not have', async () => {
		const unknown = JSON.stringify( { code: 'unknown_job', message: 'No such job.', data: { status: 404 } } );
		expect( await deliver( { status: 404, body: unknown } ) ).toEqual( { then: 'dead', failure: 'unknown_job' } );
		for ( const [ status, body ] of [
			[ 404, '{"code":"rest_no_route"}' ], [ 404, '<html>' ], [ 410, '' ], [ 401, '{"code":"bad_signature"}' ], [ 401, '{"code":"stale_signature"}' ], [ 302, '' ], [ 403, 'Forbidden' ],
		] as const ) {
			expect( await deliver( { status, body } ) ).toMatchObject( { then: 'retry', failure: `http ${ status }` } );
		}
	} );

	it( 'is tried ten times over three days, a little later each time by chance, and then kept as a dead letter', async () => {
		const [ second, minute, hour ] = [ 1_000, 60_000, 3_600_000 ];
		const waits = [ 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour ];
		for ( const [ tries, wait ] of waits.entries() ) {
			expect( await deliver( { status: 500 }, tries, 0 ) ).toMatchObject( { then: 'retry', at: NOW + wait } );
			expect( await deliver( { status: 500 }, tries, 1 ) ).toMatchObject( { then: 'retry', at: NOW + wait * 1.2 } );
		}
		expect( waits.reduce( ( sum, wait ) => sum + wait ) / hour ).toBeGreaterThan( 75 );
		expect( await deliver( { status: 500 }, 9 ) ).toEqual( { then: 'dead', failure: 'http 500' } );
	} );

	it.each( [ 429, 503 ] )( 'comes back when the site asks for it with HTTP %i, but never earlier than planned', async ( status ) => {
		expect( await deliver( { status, retryAfter: '600' } ) ).toMatchObject( { at: NOW + 600_000 } );
		expect( await deliver( { status, retryAfter: new Date( NOW + 120_000 ).toUTCString() } ) ).toMatchObject( { at: NOW + 120_000 } );
		expect( await deliver( { status, retryAfter: '1' } ) ).toMatchObject( { at: NOW + 5_000 } );
		expect( await deliver( { status, retryAfter: '99999999' } ) ).toMatchObject( { at: NOW + 86_400_000 } );
		expect( await deliver( { status, retryAfter: 'soon' } ) ).toMatchObject( { at: NOW + 5_000 } );
		expect( await deliver( { status: 500, retryAfter: '600' } ) ).toMatchObject( { at: NOW + 5_000 } );
	} );

	it( 'names a network failure by its code', async () => {
		const refused = new TypeError( 'fetch failed', { cause: Object.assign( new Error( 'connect' ), { code: 'ECONNREFUSED' } ) } );
		expect( await deliver( refused ) ).toMatchObject( { then: 'retry', failure: 'ECONNREFUSED' } );
		expect( await deliver( new Error( 'time-out' ) ) ).toMatchObject( { then: 'retry', failure: 'time-out' } );
		expect( await deliver( new Error( 'canary' ) ) ).toMatchObject( { then: 'retry', failure: 'no answer' } );
	} );
} );
