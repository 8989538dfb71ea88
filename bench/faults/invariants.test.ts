import { describe, expect, it } from 'vitest';
import { check, type Evidence } from './invariants.ts';

const click = { name: 'Faulted a #0', key: 'k', uuid: 'u0', repeats: 0, etag: undefined, hasEnded: true };
const siteJob = { uuid: 'u0', name: 'Faulted a #0', status: 'succeeded', wait_reason: '', result: 'Faulted a #0', billed_twice: 0, attempts: 1, succeeded_attempts: 1 };
const gatewayJob = { uuid: 'u0', state: 'succeeded', attempts: 1, maybe_billed_twice: 0, deliveries: 1, tries: 1 };

type Parts = {
	clicks?: Evidence[ 'clicks' ]; site?: Partial< typeof siteJob >[]; gateway?: Partial< typeof gatewayJob > | null;
	calls?: number; reservations?: Evidence[ 'reservations' ];
};

const nothing = { counted: [ 0, 0, 0 ], held: [ 0, 0, 0 ] };

function evidence( { clicks = [ click ], site = [ {} ], gateway = {}, calls = 1, reservations = nothing }: Parts = {} ): Evidence {
	return {
		clicks,
		site: site.map( ( changes ) => ( { ...siteJob, ...changes } ) ),
		gateway: new Map( gateway === null ? [] : [ [ 'u0', { ...gatewayJob, ...gateway } ] ] ),
		calls: new Map( [ [ 'Faulted a #0', calls ] ] ),
		reservations,
	};
}

const broken = ( parts: Parts ): string[] => check( evidence( parts ) ).filter( ( { count } ) => count > 0 ).map( ( { name } ) => name );

describe( 'the invariants of a fault run', () => {
	it( 'hold for a job that was done once', () => {
		expect( broken( {} ) ).toEqual( [] );
	} );

	it( 'hold for a job that waits with a reason', () => {
		expect( broken( { site: [ { status: 'pending', wait_reason: 'gateway_unreachable', result: '', attempts: 0, succeeded_attempts: 0 } ], gateway: null, calls: 0 } ) ).toEqual( [] );
	} );

	it( 'allow one call more where the job says that it may have been billed twice', () => {
		expect( broken( { site: [ { billed_twice: 1, attempts: 1 } ], calls: 2 } ) ).toEqual( [] );
	} );

	it.each< [ string, Parts, string ] >( [
		[ 'a lost job', { site: [] }, 'every click that was answered has its job' ],
		[ 'a click without an answer', { clicks: [ { ...click, uuid: null } ] }, 'every click was answered in the end' ],
		[ 'two rows of one click', { site: [ {}, { uuid: 'u1' } ] }, 'one job per click' ],
		[ 'a job that runs for ever', { site: [ { status: 'running', result: '', succeeded_attempts: 0 } ] }, 'every job has ended, or waits with a reason' ],
		[ 'a job that waits without a reason', { site: [ { status: 'pending', result: '', succeeded_attempts: 0 } ] }, 'every job has ended, or waits with a reason' ],
		[ 'a failed job', { site: [ { status: 'failed', result: '', succeeded_attempts: 0 } ] }, 'no job failed: nothing but servers did' ],
		[ 'another job\'s text', { site: [ { result: 'Faulted a #1' } ] }, 'exactly one result each, and its own' ],
		[ 'two successful attempts', { site: [ { attempts: 2, succeeded_attempts: 2 } ], calls: 2 }, 'exactly one result each, and its own' ],
		[ 'an attempt that is not in the books', { gateway: { attempts: 2 } }, 'both sides tell the same end and the same attempts' ],
		[ 'another end on the other side', { gateway: { state: 'failed' } }, 'both sides tell the same end and the same attempts' ],
		[ 'a call that nobody knows of', { calls: 2 }, 'provider calls ≤ recorded attempts + 1 where maybe_billed_twice' ],
		[ 'a budget that counts what nobody holds', { reservations: { counted: [ 1, 500, 0 ], held: [ 0, 0, 0 ] } }, 'reservations are what waiting jobs hold, and zero without any' ],
		[ 'an ended job that holds something', { reservations: { counted: [ 1, 5, 0 ], held: [ 1, 5, 0 ] } }, 'reservations are what waiting jobs hold, and zero without any' ],
		[ 'a second call without the mark', { site: [ { attempts: 2 } ], calls: 2 }, 'a second call is always marked maybe_billed_twice' ],
	] )( 'name %s', ( _, parts, name ) => {
		expect( broken( parts ) ).toContain( name );
	} );
} );
