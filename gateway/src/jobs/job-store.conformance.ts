import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { busy, driveStores, finish, LEASE_MS, NOW, stopped, written, type OpenStores } from '../../test/drive-stores.ts';
import { describeJobQueue } from './job-queue.conformance.ts';
import { isPutOff, LONGEST_PAUSE_MS, MAX_ATTEMPTS, type ClaimedJob } from './job-store.ts';

/** What a job store is. Every engine runs this; what is not in here may differ between engines. */
export function describeJobStore( engine: string, open: OpenStores ): void {
	describeJobQueue( engine, open );
	describe( `${ engine } as a job store`, () => {
		let stores: Awaited< ReturnType< typeof driveStores > >;

		beforeEach( async () => {
			stores = await driveStores( open );
		} );

		afterEach( () => stores.close() );

		describe( 'offers', () => {
			it( 'keeps a job once, however often it is offered', async () => {
				const job = stores.newJob();
				expect( ( await stores.jobs.accept( job ) ).kind ).toBe( 'accepted' );
				const again = await stores.jobs.accept( { ...job, body_hash: 'another', accepted_at: NOW + 1 } );
				expect( again ).toMatchObject( { kind: 'known', job: { state: 'queued', body_hash: 'hash', finished: null } } );
				await stores.claimed();
				expect( await stores.claimAt( NOW ) ).toBeNull();
			} );

			it( 'says when one that was put off goes on, and of no other that it is', async () => {
				const isPutOffAt = async ( now: number ) => {
					const [ stored ] = await stores.jobs.find( job.tenant, [ job.uuid ] );
					return stored === undefined ? null : isPutOff( stored, now );
				};
				const job = stores.newJob();
				await stores.jobs.accept( job );
				expect( await isPutOffAt( NOW ) ).toBe( false );
				await stores.jobs.settle( await stores.claimed(), null, { then: 'retry', at: NOW + 40_000, maybe_billed: false }, NOW );
				expect( [ await isPutOffAt( NOW + 39_999 ), await isPutOffAt( NOW + 40_000 ) ] ).toEqual( [ true, false ] );
				await stores.claimed( NOW + 40_000 );
				expect( await isPutOffAt( NOW ) ).toBe( false );
			} );

			it( 'takes several at once, each with an outcome of its own', async () => {
				const [ first, second, third ] = [ stores.newJob(), stores.newJob(), stores.newJob( { tenant: 'blog:1' } ) ];
				await stores.jobs.accept( second );
				const bounds = { total: 10, per_tenant: 2 };
				const outcomes = await stores.jobs.acceptAll( [ first, { ...second, body_hash: 'another' }, first, third, stores.newJob(), { ...third, uuid: randomUUID() } ], bounds );
				expect( outcomes.map( ( { kind } ) => kind ) ).toEqual( [ 'accepted', 'known', 'known', 'accepted', 'full', 'accepted' ] );
				expect( outcomes[ 1 ] ).toMatchObject( { job: { uuid: second.uuid, body_hash: 'hash', state: 'queued' } } );
				expect( outcomes[ 3 ] ).toMatchObject( { job: { tenant: 'blog:1', uuid: third.uuid, state: 'queued', finished: null } } );
				expect( ( await stores.jobs.stats() ).map( ( { tenant, waiting } ) => [ tenant, waiting ] ).sort() ).toEqual( [ [ 'blog:1', 2 ], [ 'shop:1', 2 ] ] );
				expect( await stores.jobs.acceptAll( [] ) ).toEqual( [] );
			} );

			it( 'takes what comes at once in the order in which it came, and each once', async () => {
				const all = Array.from( { length: 150 }, () => stores.newJob() );
				const outcomes = await Promise.all( [ ...all, ...all ].map( ( job ) => stores.jobs.accept( job, { total: 120, per_tenant: 1_000 } ) ) );
				const kinds = outcomes.map( ( { kind } ) => kind );
				expect( kinds ).toEqual( [ ...Array( 120 ).fill( 'accepted' ), ...Array( 30 ).fill( 'full' ), ...Array( 120 ).fill( 'known' ), ...Array( 30 ).fill( 'full' ) ] );
			} );

			it( 'answers a repeated offer of a finished job with its result', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: written }, finish( 'A chair.' ), NOW + 1_000 );
				const known = await stores.known( job );
				expect( known ).toMatchObject( { state: 'succeeded', finished: { outcome: { text: 'A chair.' } } } );
				expect( await stores.claimAt( NOW ) ).toBeNull();
			} );

			it( 'keeps the jobs of two tenants apart, also under one uuid', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				await stores.jobs.accept( { ...job, tenant: 'shop:2' } );
				await stores.jobs.cancel( job, NOW );
				expect( ( await stores.jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'canceled' );
				expect( ( await stores.jobs.find( 'shop:2', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'queued' );
				expect( await stores.jobs.find( 'shop:3', [ job.uuid ] ) ).toEqual( [] );
			} );

			it( 'finds many jobs at once and leaves unknown ones out', async () => {
				const all = Array.from( { length: 120 }, () => stores.newJob() );
				await Promise.all( all.map( ( job ) => stores.jobs.accept( job ) ) );
				const found = await stores.jobs.find( 'shop:1', [ ...all.map( ( { uuid } ) => uuid ), randomUUID() ] );
				expect( found.map( ( { uuid } ) => uuid ).sort() ).toEqual( all.map( ( { uuid } ) => uuid ).sort() );
			} );
		} );

		describe( 'leases', () => {
			it( 'hands a job to one worker, with everything the call needs', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				expect( await stores.claimed( NOW + 250 ) ).toMatchObject( {
					uuid: job.uuid, model: 'sample', request: job.request, request_id: job.request_id, attempts: 0, runnable_since: NOW, expires_at: job.expires_at,
				} );
				expect( await stores.claimAt( NOW + 250 ) ).toBeNull();
				expect( await stores.jobs.nextDueAt() ).toBe( NOW + 250 + LEASE_MS );
			} );

			it( 'serves the tenant with fewer running jobs first', async () => {
				const [ first, second, other ] = [ stores.newJob(), stores.newJob( { accepted_at: NOW + 1 } ), stores.newJob( { tenant: 'blog:1', accepted_at: NOW + 2 } ) ];
				await stores.jobs.accept( first );
				await stores.jobs.accept( second );
				await stores.jobs.accept( other );
				const order = [ await stores.claimed( NOW + 5 ), await stores.claimed( NOW + 5 ), await stores.claimed( NOW + 5 ) ];
				expect( order.map( ( { uuid } ) => uuid ) ).toEqual( [ first.uuid, other.uuid, second.uuid ] );
			} );

			it( 'keeps a renewed lease and tells the holder of a lost one', async () => {
				await stores.jobs.accept( stores.newJob() );
				const first = await stores.claimed();
				expect( await stores.jobs.renew( first, NOW + 2 * LEASE_MS ) ).toBe( 'held' );
				expect( await stores.claimAt( NOW + LEASE_MS + 1 ) ).toBeNull();
				const second = await stores.claimed( NOW + 2 * LEASE_MS );
				expect( await stores.jobs.renew( first, NOW + 9 * LEASE_MS ) ).toBe( 'lost' );
				expect( await stores.jobs.renew( second, NOW + 3 * LEASE_MS ) ).toBe( 'held' );
			} );

			it( 'does not let a worker begin a call on a lease that is gone', async () => {
				await stores.jobs.accept( stores.newJob() );
				const stale = await stores.claimed();
				await stores.claimed( NOW + LEASE_MS );
				expect( await stores.jobs.startAttempt( stale, { provider: 'local', model: 'sample', queue_ms: 0, started_at: NOW } ) ).toBeNull();
			} );
		} );

		describe( 'a clock that was set back an hour', () => {
			const HOUR_MS = 3_600_000;
			const BACK = { now: NOW - HOUR_MS, lease_until: NOW - HOUR_MS + LEASE_MS };

			it( 'holds up no job that was accepted before', async () => {
				const [ job, retried ] = [ stores.newJob(), stores.newJob( { model: 'other' } ) ];
				await stores.jobs.accept( retried );
				await stores.jobs.settle( await stores.claimed(), null, { then: 'retry', at: NOW + 40_000, maybe_billed: false }, NOW );
				await stores.jobs.accept( job );
				expect( await stores.claimAt( BACK.now ) ).toBeNull();
				await stores.jobs.clockSetBack( BACK );
				expect( await stores.jobs.nextDueAt() ).toBe( BACK.now );
				const claimed = [ await stores.claimed( BACK.now ), await stores.claimed( BACK.now ) ];
				expect( claimed.map( ( { uuid } ) => uuid ).sort() ).toEqual( [ job.uuid, retried.uuid ].sort() );
			} );

			it( 'leaves alone what has to wait, and what it does not concern', async () => {
				const waits = stores.newJob( { accepted_at: BACK.now - 1_000 } );
				await stores.jobs.accept( waits );
				await stores.jobs.settle( await stores.claimed( BACK.now ), null, { then: 'retry', at: BACK.now + 40_000, maybe_billed: false }, BACK.now );
				await stores.jobs.clockSetBack( BACK );
				expect( await stores.jobs.nextDueAt() ).toBe( BACK.now + 40_000 );
			} );

			it( 'holds up no retry of an older job for longer than the longest pause', async () => {
				const older = stores.newJob( { accepted_at: BACK.now - 1_000 } );
				await stores.jobs.accept( older );
				await stores.jobs.settle( await stores.claimed(), null, { then: 'retry', at: NOW + 72 * HOUR_MS, maybe_billed: false }, NOW );
				await stores.jobs.clockSetBack( BACK );
				expect( await stores.jobs.nextDueAt() ).toBe( BACK.now + LONGEST_PAUSE_MS );
				expect( await stores.claimAt( BACK.now + LONGEST_PAUSE_MS - 1 ) ).toBeNull();
				expect( await stores.claimed( BACK.now + LONGEST_PAUSE_MS ) ).toMatchObject( { uuid: older.uuid } );
			} );

			it( 'holds up no job of a worker that has died, and gives one that lives the time to say so', async () => {
				await stores.jobs.accept( stores.newJob() );
				await stores.jobs.accept( stores.newJob( { tenant: 'blog:1' } ) );
				const [ lost, kept ] = [ await stores.claimed(), await stores.claimed() ];
				await stores.jobs.clockSetBack( BACK );
				expect( await stores.claimAt( BACK.lease_until - 1 ) ).toBeNull();
				expect( await stores.jobs.renew( kept, BACK.lease_until + LEASE_MS ) ).toBe( 'held' );
				expect( await stores.claimed( BACK.lease_until ) ).toMatchObject( { uuid: lost.uuid } );
				expect( await stores.claimAt( BACK.lease_until ) ).toBeNull();
			} );

			it( 'lets a lease be renewed that seems to last for long', async () => {
				await stores.jobs.accept( stores.newJob() );
				const lease = await stores.claimed();
				expect( await stores.jobs.renew( lease, BACK.lease_until ) ).toBe( 'held' );
				expect( await stores.claimed( BACK.lease_until ) ).toMatchObject( { uuid: lease.uuid } );
			} );
		} );

		it( 'leaves leases alone that have not lapsed by the time that is told', async () => {
			await stores.jobs.accept( stores.newJob() );
			await stores.claimed();
			const now = NOW + 10 * LEASE_MS;
			const claim = { lease: randomUUID(), now, lease_until: now + LEASE_MS };
			await stores.jobs.accept( stores.newJob( { tenant: 'blog:1' } ) );
			expect( await stores.jobs.claim( { ...claim, lapsed_by: NOW + LEASE_MS - 1 } ) ).toMatchObject( { tenant: 'blog:1' } );
			expect( await stores.jobs.claim( { ...claim, lapsed_by: NOW + LEASE_MS - 1 } ) ).toBeNull();
			expect( await stores.jobs.claim( { ...claim, lapsed_by: NOW + LEASE_MS } ) ).toMatchObject( { tenant: 'shop:1' } );
		} );

		describe( 'a worker that dies', () => {
			it( 'during a call: files the call as lost, runs again, and says that it may be billed twice', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				await stores.begin( await stores.claimed() );
				const again = await stores.claimed( NOW + LEASE_MS );
				expect( again.attempts ).toBe( 1 );
				await stores.jobs.settle( again, { number: await stores.begin( again ), end: written }, finish( 'Second.' ), NOW + LEASE_MS + 900 );
				const result = await stores.finished( job );
				expect( result ).toMatchObject( { outcome: { text: 'Second.' }, maybe_billed_twice: true } );
				expect( result?.attempts ).toMatchObject( [
					{ attempt: 1, status: 'failed', error_code: 'worker_lost', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: null },
					{ attempt: 2, status: 'succeeded', tokens_in: 100, tokens_out: 50, cost_micros: 7 },
				] );
			} );

			it( 'before the call: runs again without a word about billing', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				await stores.claimed();
				const again = await stores.claimed( NOW + LEASE_MS );
				await stores.jobs.settle( again, { number: await stores.begin( again ), end: written }, finish( 'First.' ), NOW );
				expect( await stores.finished( job ) ).toMatchObject( { maybe_billed_twice: false, attempts: [ { attempt: 1 } ] } );
			} );

			it( 'again and again: fails the job instead of paying for ever', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				for ( let call = 0; call < MAX_ATTEMPTS; call++ ) {
					await stores.begin( await stores.claimed( NOW + call * LEASE_MS ) );
				}
				expect( await stores.claimAt( NOW + MAX_ATTEMPTS * LEASE_MS ) ).toBe( 'ended' );
				const result = await stores.finished( job );
				expect( result ).toMatchObject( { outcome: { status: 'failed', code: 'worker_lost' } } );
				expect( result?.attempts.map( ( { error_code } ) => error_code ) ).toEqual( Array( MAX_ATTEMPTS ).fill( 'worker_lost' ) );
			} );

			it( 'after a cancel: ends the job as canceled', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				await stores.begin( await stores.claimed() );
				await stores.jobs.cancel( job, NOW );
				expect( await stores.claimAt( NOW + LEASE_MS ) ).toBe( 'ended' );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [ { error_code: 'worker_lost' } ] } );
			} );
		} );

		describe( 'late texts', () => {
			const lose = async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const stale = await stores.claimed();
				return { job, stale, number: await stores.begin( stale ), successor: await stores.claimed( NOW + LEASE_MS ) };
			};

			it( 'takes the paid text of a stale worker while no other is stored', async () => {
				const { job, stale, number, successor } = await lose();
				expect( await stores.jobs.settle( stale, { number, end: written }, finish( 'Late.' ), NOW + LEASE_MS + 1 ) ).toBe( 'ended' );
				expect( await stores.jobs.renew( successor, NOW + 9 * LEASE_MS ) ).toBe( 'ended' );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { text: 'Late.' }, attempts: [ { status: 'succeeded', tokens_out: 50 } ] } );
			} );

			it( 'keeps the first text, but files what the second cost', async () => {
				const { job, stale, number, successor } = await lose();
				await stores.jobs.settle( successor, { number: await stores.begin( successor ), end: written }, finish( 'First.' ), NOW + LEASE_MS );
				expect( await stores.jobs.settle( stale, { number, end: { ...written, tokens_out: 51 } }, finish( 'Second.' ), NOW + LEASE_MS + 1 ) ).toBe( 'ignored' );
				expect( await stores.finished( job ) ).toMatchObject( {
					outcome: { text: 'First.' }, attempts: [ { status: 'succeeded', tokens_out: 51 }, { status: 'succeeded', tokens_out: 50 } ],
				} );
			} );

			it( 'takes it after the job was given up, and delivers that too', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				let last: { lease: ClaimedJob; number: number } | null = null;
				for ( let call = 0; call < MAX_ATTEMPTS; call++ ) {
					const lease = await stores.claimed( NOW + call * LEASE_MS );
					last = { lease, number: await stores.begin( lease ) };
				}
				const end = NOW + MAX_ATTEMPTS * LEASE_MS;
				await stores.claimAt( end );
				const given = await stores.dueDelivery( end );
				expect( given.finished.outcome.status ).toBe( 'failed' );
				await stores.deliveries.settleDelivery( given.id, { then: 'acknowledged' }, end );
				expect( last && ( await stores.jobs.settle( last.lease, { number: last.number, end: written }, finish( 'At last.' ), end + 1 ) ) ).toBe( 'ended' );
				const second = await stores.dueDelivery( end + 1 );
				expect( second.id ).not.toBe( given.id );
				expect( second.finished.outcome ).toMatchObject( { status: 'succeeded', text: 'At last.' } );
			} );

			it( 'ignores what a stale worker says about a failure', async () => {
				const { job, stale, number } = await lose();
				expect( await stores.jobs.settle( stale, { number, end: busy }, { then: 'retry', at: NOW, maybe_billed: false }, NOW ) ).toBe( 'ignored' );
				expect( ( await stores.jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'running' );
			} );
		} );

		describe( 'retries', () => {
			it( 'come when they are due, after a restart too, with a call of their own', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: busy }, { then: 'retry', at: NOW + 4_000, maybe_billed: false }, NOW );
				expect( ( await stores.jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'queued' );
				expect( await stores.jobs.nextDueAt() ).toBe( NOW + 4_000 );
				expect( await stores.claimAt( NOW + 3_999 ) ).toBeNull();
				const again = await stores.claimed( NOW + 4_000 );
				expect( again ).toMatchObject( { attempts: 1, runnable_since: NOW + 4_000 } );
				await stores.jobs.settle( again, { number: await stores.begin( again ), end: written }, finish( 'Text.' ), NOW + 5_000 );
				expect( await stores.finished( job ) ).toMatchObject( { maybe_billed_twice: false, attempts: [ { error_code: 'provider_busy' }, { status: 'succeeded' } ] } );
			} );

			it( 'go where on the route they were sent, after a crash too', async () => {
				await stores.jobs.accept( stores.newJob() );
				const lease = await stores.claimed();
				expect( lease.route_index ).toBe( 0 );
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: busy }, { then: 'retry', at: NOW, maybe_billed: false, route_index: 1 }, NOW );
				const second = await stores.claimed();
				expect( second.route_index ).toBe( 1 );
				await stores.jobs.settle( second, { number: await stores.begin( second ), end: busy }, { then: 'retry', at: NOW, maybe_billed: false }, NOW );
				await stores.begin( await stores.claimed() );
				expect( await stores.claimed( NOW + LEASE_MS ) ).toMatchObject( { route_index: 1, attempts: 3 } );
			} );

			it( 'cost no attempt where the job only waited', async () => {
				await stores.jobs.accept( stores.newJob() );
				for ( let wait = 0; wait < 2 * MAX_ATTEMPTS; wait++ ) {
					const lease = await stores.claimed( NOW + wait );
					expect( lease.attempts ).toBe( 0 );
					expect( await stores.jobs.settle( lease, null, { then: 'retry', at: NOW + wait + 1, maybe_billed: false }, NOW + wait ) ).toBe( 'queued' );
				}
			} );

			it( 'remember that the failed call may have been charged', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: { ...busy, error_code: 'provider_timeout' } }, { then: 'retry', at: NOW, maybe_billed: true }, NOW );
				const again = await stores.claimed();
				await stores.jobs.settle( again, { number: await stores.begin( again ), end: written }, finish( 'Text.' ), NOW );
				expect( await stores.finished( job ) ).toMatchObject( { maybe_billed_twice: true } );
			} );

			it( 'do not begin after the job has expired', async () => {
				const job = stores.newJob( { expires_at: NOW + 1_000 } );
				await stores.jobs.accept( job );
				expect( await stores.claimAt( NOW + 1_000 ) ).toBe( 'ended' );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { status: 'failed', code: 'expired' }, attempts: [] } );
			} );
		} );

		describe( 'cancels', () => {
			it( 'end a waiting job at once and deliver that', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				expect( await stores.jobs.cancel( job, NOW ) ).toMatchObject( { state: 'canceled', finished: { outcome: { status: 'canceled' } } } );
				expect( await stores.claimAt( NOW ) ).toBeNull();
				expect( ( await stores.dueDelivery() ).finished.outcome ).toEqual( { status: 'canceled' } );
			} );

			it( 'end a running job when its worker lets go, and drop a text that was quicker', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				const number = await stores.begin( lease );
				expect( await stores.jobs.cancel( job, NOW ) ).toMatchObject( { state: 'running' } );
				expect( await stores.jobs.renew( lease, NOW + LEASE_MS ) ).toBe( 'canceled' );
				expect( await stores.jobs.settle( lease, { number, end: written }, finish( 'Too quick.' ), NOW ) ).toBe( 'ended' );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [ { status: 'succeeded', cost_micros: 7 } ] } );
			} );

			it( 'between lease and call end the job without a call', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.cancel( job, NOW );
				expect( await stores.jobs.startAttempt( lease, { provider: 'local', model: 'sample', queue_ms: 0, started_at: NOW } ) ).toBe( 'ended' );
				expect( await stores.finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [] } );
			} );

			it( 'do not change a job that has ended, and find nothing where nothing is', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: written }, finish( 'Text.' ), NOW );
				expect( await stores.jobs.cancel( job, NOW ) ).toMatchObject( { state: 'succeeded' } );
				expect( await stores.jobs.cancel( { tenant: 'shop:2', uuid: job.uuid }, NOW ) ).toBeNull();
			} );

			it( 'let a stale worker file that its call was called off', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				const number = await stores.begin( lease );
				await stores.jobs.cancel( job, NOW );
				await stores.claimAt( NOW + LEASE_MS );
				expect( await stores.jobs.settle( lease, { number, end: stopped }, { then: 'finish', outcome: { status: 'canceled' } }, NOW ) ).toBe( 'ignored' );
				expect( await stores.finished( job ) ).toMatchObject( { attempts: [ { status: 'canceled', error_code: null } ] } );
			} );
		} );
	} );
}
