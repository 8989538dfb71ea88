import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, driveStores, finish, NOW, written, type OpenStores } from '../../test/drive-stores.ts';
import { JOB_RETENTION_MS, RESULT_RETENTION_MS, type NewJob } from '../jobs/job-store.ts';

/** What a delivery store is, and what is kept for how long. Every engine runs this. */
export function describeDeliveryStore( engine: string, open: OpenStores ): void {
	describe( `${ engine } as a delivery store`, () => {
		let stores: Awaited< ReturnType< typeof driveStores > >;

		beforeEach( async () => {
			stores = await driveStores( open );
		} );

		afterEach( () => stores.close() );

		describe( 'deliveries', () => {
			const end = async ( overrides: Partial< NewJob > = {} ) => {
				const job = stores.newJob( overrides );
				await stores.jobs.accept( job );
				await stores.jobs.cancel( job, NOW );
				return job;
			};

			it( 'are made once per result, with an id that stays the same over all tries', async () => {
				const job = await end();
				const first = await stores.dueDelivery();
				expect( first ).toMatchObject( { tenant: 'shop:1', tries: 0, finished: { uuid: job.uuid, request_id: job.request_id } } );
				expect( await stores.due() ).toBeNull();
				await stores.deliveries.settleDelivery( first.id, { then: 'retry', at: NOW + 5_000, failure: 'http 500' }, NOW );
				expect( await stores.deliveries.nextDeliveryDueAt() ).toBe( NOW + 5_000 );
				expect( await stores.due( NOW + 4_999 ) ).toBeNull();
				expect( await stores.dueDelivery( NOW + 5_000 ) ).toMatchObject( { id: first.id, tries: 1 } );
			} );

			it( 'are tried again when the process died on the way', async () => {
				await end();
				const first = await stores.dueDelivery();
				expect( await stores.deliveries.nextDeliveryDueAt() ).toBe( NOW + 30_000 );
				expect( await stores.dueDelivery( NOW + 30_000 ) ).toMatchObject( { id: first.id, tries: 1 } );
			} );

			it( 'are due soon where the clock was set back an hour, also those of a process that died', async () => {
				await end();
				await end();
				const now = NOW - 3_600_000;
				const first = await stores.dueDelivery();
				await stores.deliveries.settleDelivery( ( await stores.dueDelivery() ).id, { then: 'retry', at: NOW + 5_000, failure: 'http 500' }, NOW );
				await stores.deliveries.clockSetBack( { now, lease_until: now + 6_000 } );
				expect( await stores.due( now + 5_999 ) ).toBeNull();
				const ids = [ await stores.dueDelivery( now + 6_000 ), await stores.dueDelivery( now + 6_000 ) ].map( ( { id } ) => id );
				expect( ids ).toContain( first.id );
				expect( new Set( ids ).size ).toBe( 2 );
			} );

			it( 'keep to their schedule where they were made before the time to which it was set back', async () => {
				await end();
				const first = await stores.dueDelivery();
				await stores.deliveries.settleDelivery( first.id, { then: 'retry', at: NOW + 300_000, failure: 'http 500' }, NOW );
				await stores.deliveries.clockSetBack( { now: NOW + 1_000, lease_until: NOW + 7_000 } );
				expect( await stores.deliveries.nextDeliveryDueAt() ).toBe( NOW + 300_000 );
			} );

			it( 'are left to whoever keeps their lease', async () => {
				await end();
				const first = await stores.dueDelivery();
				await stores.deliveries.renewDelivery( first.id, NOW + 90_000 );
				expect( await stores.due( NOW + 30_000 ) ).toBeNull();
				expect( await stores.deliveries.nextDeliveryDueAt() ).toBe( NOW + 90_000 );
				await stores.deliveries.settleDelivery( first.id, { then: 'acknowledged' }, NOW + 31_000 );
				await stores.deliveries.renewDelivery( first.id, NOW + 99_000 );
				expect( await stores.due( NOW + DAY_MS ) ).toBeNull();
			} );

			it( 'do not count a try that was not made', async () => {
				await end();
				const first = await stores.dueDelivery();
				await stores.deliveries.settleDelivery( first.id, { then: 'postpone', at: NOW + 1, failure: 'site is not configured' }, NOW );
				expect( await stores.dueDelivery( NOW + 1 ) ).toMatchObject( { id: first.id, tries: 0 } );
			} );

			it( 'end with the acknowledgement or as a dead letter, and stay ended', async () => {
				await end();
				await end();
				const [ first, second ] = [ await stores.dueDelivery(), await stores.dueDelivery() ];
				await stores.deliveries.settleDelivery( first.id, { then: 'acknowledged' }, NOW );
				await stores.deliveries.settleDelivery( second.id, { then: 'dead', failure: 'unknown_job' }, NOW );
				await stores.deliveries.settleDelivery( first.id, { then: 'retry', at: NOW, failure: 'late' }, NOW );
				expect( await stores.due( NOW + DAY_MS ) ).toBeNull();
				expect( await stores.deliveries.nextDeliveryDueAt() ).toBeNull();
			} );

			it( 'of a site that is busy enough are passed over, whatever another process has leased', async () => {
				await Promise.all( [ end(), end(), end(), end( { tenant: 'blog:1' } ) ] );
				expect( await stores.due( NOW, [ 'shop:1' ] ) ).toMatchObject( { tenant: 'blog:1' } );
				expect( await stores.due( NOW, [ 'shop:1' ] ) ).toBeNull();
				const rest = [ await stores.due(), await stores.due(), await stores.due() ];
				expect( rest.map( ( delivery ) => delivery?.tenant ) ).toEqual( [ 'shop:1', 'shop:1', 'shop:1' ] );
			} );
		} );

		describe( 'dead letters', () => {
			const bury = async ( tenant = 'shop:1', at = NOW ) => {
				const job = stores.newJob( { tenant } );
				await stores.jobs.accept( job );
				await stores.jobs.cancel( job, NOW );
				const { id } = await stores.dueDelivery();
				await stores.deliveries.settleDelivery( id, { then: 'dead', failure: 'http 500' }, at );
				return { id, uuid: job.uuid };
			};

			it( 'are listed with why they were given up, the latest first, of one site or of all', async () => {
				const [ first, second, other ] = [ await bury( 'shop:1', NOW + 1 ), await bury( 'shop:1', NOW + 2 ), await bury( 'blog:1', NOW + 3 ) ];
				expect( await stores.deliveries.deadLetters( { tenant: null, limit: 2 } ) ).toEqual( [
					{ id: other.id, tenant: 'blog:1', uuid: other.uuid, tries: 1, last_failure: 'http 500', created_at: NOW, ended_at: NOW + 3 },
					{ id: second.id, tenant: 'shop:1', uuid: second.uuid, tries: 1, last_failure: 'http 500', created_at: NOW, ended_at: NOW + 2 },
				] );
				expect( ( await stores.deliveries.deadLetters( { tenant: 'shop:1', limit: 9 } ) ).map( ( { id } ) => id ) ).toEqual( [ second.id, first.id ] );
			} );

			it( 'go out again under their old id, with all their tries before them', async () => {
				const { id, uuid } = await bury();
				expect( await stores.deliveries.replay( id, NOW + 100 ) ).toBe( true );
				expect( await stores.due( NOW + 99 ) ).toBeNull();
				expect( await stores.dueDelivery( NOW + 100 ) ).toMatchObject( { id, tries: 0, finished: { uuid } } );
				expect( await stores.deliveries.deadLetters( { tenant: null, limit: 9 } ) ).toEqual( [] );
				await stores.deliveries.settleDelivery( id, { then: 'acknowledged' }, NOW + 101 );
				expect( await stores.deliveries.replay( id, NOW + 102 ) ).toBe( false );
				expect( await stores.deliveries.replay( 'msg_unknown', NOW ) ).toBe( false );
			} );

			it( 'and what is under way are counted by site', async () => {
				await bury();
				const replayed = await bury( 'blog:1' );
				await bury( 'blog:1' );
				await stores.deliveries.replay( replayed.id, NOW + 5 );
				const figures = ( await stores.deliveries.stats() ).sort( ( a, b ) => a.tenant.localeCompare( b.tenant ) );
				expect( figures ).toEqual( [
					{ tenant: 'blog:1', undelivered: 1, dead: 1, undelivered_since: NOW }, { tenant: 'shop:1', undelivered: 0, dead: 1, undelivered_since: null },
				] );
				await stores.deliveries.settleDelivery( ( await stores.dueDelivery( NOW + 5 ) ).id, { then: 'acknowledged' }, NOW + 6 );
				expect( ( await stores.deliveries.stats() ).find( ( { tenant } ) => tenant === 'blog:1' ) ).toMatchObject( { undelivered: 0, dead: 1 } );
			} );

			it( 'are forgotten with their job', async () => {
				await bury();
				await stores.jobs.purge( NOW + JOB_RETENTION_MS + 1 );
				expect( await stores.deliveries.deadLetters( { tenant: null, limit: 9 } ) ).toEqual( [] );
				expect( await stores.deliveries.stats() ).toEqual( [] );
			} );
		} );

		describe( 'purging', () => {
			const endAndDeliver = async ( verdict: 'acknowledged' | 'dead' ) => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: written }, finish( 'Text.' ), NOW );
				const delivery = await stores.dueDelivery();
				await stores.deliveries.settleDelivery( delivery.id, verdict === 'dead' ? { then: 'dead', failure: 'http 500' } : { then: 'acknowledged' }, NOW + 1_000 );
				return job;
			};

			it( 'keeps a delivered text readable for a day after the acknowledgement, then only the fact', async () => {
				const job = await endAndDeliver( 'acknowledged' );
				await stores.jobs.purge( NOW + 1_000 + RESULT_RETENTION_MS );
				expect( await stores.finished( job ) ).not.toBeNull();
				await stores.jobs.purge( NOW + 1_001 + RESULT_RETENTION_MS );
				expect( ( await stores.jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ] ).toMatchObject( { state: 'succeeded', finished: null } );
				expect( ( await stores.jobs.accept( job ) ).kind ).toBe( 'known' );
				expect( await stores.claimAt( NOW + 2 * DAY_MS ) ).toBeNull();
			} );

			it( 'keeps an undelivered text until the job is forgotten altogether', async () => {
				const job = await endAndDeliver( 'dead' );
				await stores.jobs.purge( NOW + JOB_RETENTION_MS );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { text: 'Text.' } } );
				await stores.jobs.purge( NOW + JOB_RETENTION_MS + 1 );
				expect( await stores.jobs.find( 'shop:1', [ job.uuid ] ) ).toEqual( [] );
				expect( await stores.due( NOW + 31 * DAY_MS ) ).toBeNull();
			} );

			it( 'leaves jobs alone that have not ended', async () => {
				const job = stores.newJob( { expires_at: NOW + 60 * DAY_MS } );
				await stores.jobs.accept( job );
				await stores.jobs.purge( NOW + 50 * DAY_MS );
				expect( await stores.claimed( NOW + 50 * DAY_MS ) ).toMatchObject( { uuid: job.uuid, request: job.request } );
			} );
		} );
	} );
}
