import { randomUUID } from 'node:crypto';
import type { FinishedJob } from '@draftkeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryStore, DueDelivery } from '../deliveries/delivery-store.ts';
import {
	JOB_RETENTION_MS, MAX_ATTEMPTS, RESULT_RETENTION_MS, type AttemptEnd, type ClaimedJob, type JobStore, type NewJob, type NextStep,
} from './job-store.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const LEASE_MS = 10_000;
const DAY_MS = 86_400_000;

const written: AttemptEnd = { status: 'succeeded', error_code: null, tokens_in: 100, tokens_out: 50, cost_micros: 7, provider_ms: 900 };
const busy: AttemptEnd = { status: 'failed', error_code: 'provider_busy', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: 20 };
const stopped: AttemptEnd = { ...busy, status: 'canceled', error_code: null };
const finish = ( text: string ): NextStep => ( { then: 'finish', outcome: { status: 'succeeded', text, sample: false } } );

/** What a job store is. Every engine runs this; what is not in here may differ between engines. */
export function describeJobStore( engine: string, open: () => { jobs: JobStore; deliveries: DeliveryStore } ): void {
	describe( `${ engine } as a job store`, () => {
		let jobs: JobStore;
		let deliveries: DeliveryStore;

		beforeEach( () => {
			( { jobs, deliveries } = open() );
		} );

		const newJob = ( overrides: Partial< NewJob > = {} ): NewJob => ( {
			tenant: 'shop:1', uuid: randomUUID(), request_id: randomUUID(), task: 'product_description', model: 'sample', body_hash: 'hash',
			request: { messages: [ { role: 'user', content: 'Größe 42 🪑' } ], temperature: 0.7, max_output_tokens: 100 },
			accepted_at: NOW, expires_at: NOW + 3 * DAY_MS, ...overrides,
		} );
		const claimAt = async ( now: number ) => jobs.claim( { lease: randomUUID(), now, lease_until: now + LEASE_MS } );
		const claimed = async ( now = NOW ): Promise< ClaimedJob > => {
			const job = await claimAt( now );
			if ( job === null || job === 'ended' ) {
				throw new Error( 'nothing to claim' );
			}
			return job;
		};
		const begin = async ( job: ClaimedJob, now = NOW ): Promise< number > => {
			const attempt = await jobs.startAttempt( job, { provider: 'local', model: 'sample', queue_ms: 5, started_at: now } );
			if ( typeof attempt !== 'number' ) {
				throw new Error( 'no attempt' );
			}
			return attempt;
		};
		const finished = async ( { tenant, uuid }: { tenant: string; uuid: string } ): Promise< FinishedJob | null > =>
			( await jobs.find( tenant, [ uuid ] ) )[ 0 ]?.finished ?? null;
		const due = ( now = NOW ): Promise< DueDelivery | null > => deliveries.claimDelivery( { now, lease_until: now + 30_000, per_tenant: 2 } );
		const dueDelivery = async ( now = NOW ): Promise< DueDelivery > => {
			const delivery = await due( now );
			if ( delivery === null ) {
				throw new Error( 'nothing to deliver' );
			}
			return delivery;
		};

		describe( 'offers', () => {
			it( 'keeps a job once, however often it is offered', async () => {
				const job = newJob();
				expect( ( await jobs.accept( job ) ).kind ).toBe( 'accepted' );
				const again = await jobs.accept( { ...job, body_hash: 'another', accepted_at: NOW + 1 } );
				expect( again ).toMatchObject( { kind: 'known', job: { state: 'queued', body_hash: 'hash', finished: null } } );
				await claimed();
				expect( await claimAt( NOW ) ).toBeNull();
			} );

			it( 'answers a repeated offer of a finished job with its result', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.settle( lease, { number: await begin( lease ), end: written }, finish( 'A chair.' ), NOW + 1_000 );
				const { job: known } = await jobs.accept( job );
				expect( known ).toMatchObject( { state: 'succeeded', finished: { outcome: { text: 'A chair.' } } } );
				expect( await claimAt( NOW ) ).toBeNull();
			} );

			it( 'keeps the jobs of two tenants apart, also under one uuid', async () => {
				const job = newJob();
				await jobs.accept( job );
				await jobs.accept( { ...job, tenant: 'shop:2' } );
				await jobs.cancel( job, NOW );
				expect( ( await jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'canceled' );
				expect( ( await jobs.find( 'shop:2', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'queued' );
				expect( await jobs.find( 'shop:3', [ job.uuid ] ) ).toEqual( [] );
			} );

			it( 'finds many jobs at once and leaves unknown ones out', async () => {
				const all = Array.from( { length: 120 }, () => newJob() );
				await Promise.all( all.map( ( job ) => jobs.accept( job ) ) );
				const found = await jobs.find( 'shop:1', [ ...all.map( ( { uuid } ) => uuid ), randomUUID() ] );
				expect( found.map( ( { uuid } ) => uuid ).sort() ).toEqual( all.map( ( { uuid } ) => uuid ).sort() );
			} );
		} );

		describe( 'leases', () => {
			it( 'hands a job to one worker, with everything the call needs', async () => {
				const job = newJob();
				await jobs.accept( job );
				expect( await claimed( NOW + 250 ) ).toMatchObject( {
					uuid: job.uuid, model: 'sample', request: job.request, request_id: job.request_id, attempts: 0, runnable_since: NOW, expires_at: job.expires_at,
				} );
				expect( await claimAt( NOW + 250 ) ).toBeNull();
				expect( await jobs.nextDueAt() ).toBe( NOW + 250 + LEASE_MS );
			} );

			it( 'serves the tenant with fewer running jobs first', async () => {
				const [ first, second, other ] = [ newJob(), newJob( { accepted_at: NOW + 1 } ), newJob( { tenant: 'blog:1', accepted_at: NOW + 2 } ) ];
				await jobs.accept( first );
				await jobs.accept( second );
				await jobs.accept( other );
				const order = [ await claimed( NOW + 5 ), await claimed( NOW + 5 ), await claimed( NOW + 5 ) ];
				expect( order.map( ( { uuid } ) => uuid ) ).toEqual( [ first.uuid, other.uuid, second.uuid ] );
			} );

			it( 'keeps a renewed lease and tells the holder of a lost one', async () => {
				await jobs.accept( newJob() );
				const first = await claimed();
				expect( await jobs.renew( first, NOW + 2 * LEASE_MS ) ).toBe( 'held' );
				expect( await claimAt( NOW + LEASE_MS + 1 ) ).toBeNull();
				const second = await claimed( NOW + 2 * LEASE_MS );
				expect( await jobs.renew( first, NOW + 9 * LEASE_MS ) ).toBe( 'lost' );
				expect( await jobs.renew( second, NOW + 3 * LEASE_MS ) ).toBe( 'held' );
			} );

			it( 'does not let a worker begin a call on a lease that is gone', async () => {
				await jobs.accept( newJob() );
				const stale = await claimed();
				await claimed( NOW + LEASE_MS );
				expect( await jobs.startAttempt( stale, { provider: 'local', model: 'sample', queue_ms: 0, started_at: NOW } ) ).toBeNull();
			} );
		} );

		describe( 'a worker that dies', () => {
			it( 'during a call: files the call as lost, runs again, and says that it may be billed twice', async () => {
				const job = newJob();
				await jobs.accept( job );
				await begin( await claimed() );
				const again = await claimed( NOW + LEASE_MS );
				expect( again.attempts ).toBe( 1 );
				await jobs.settle( again, { number: await begin( again ), end: written }, finish( 'Second.' ), NOW + LEASE_MS + 900 );
				const result = await finished( job );
				expect( result ).toMatchObject( { outcome: { text: 'Second.' }, maybe_billed_twice: true } );
				expect( result?.attempts ).toMatchObject( [
					{ attempt: 1, status: 'failed', error_code: 'worker_lost', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: null },
					{ attempt: 2, status: 'succeeded', tokens_in: 100, tokens_out: 50, cost_micros: 7 },
				] );
			} );

			it( 'before the call: runs again without a word about billing', async () => {
				const job = newJob();
				await jobs.accept( job );
				await claimed();
				const again = await claimed( NOW + LEASE_MS );
				await jobs.settle( again, { number: await begin( again ), end: written }, finish( 'First.' ), NOW );
				expect( await finished( job ) ).toMatchObject( { maybe_billed_twice: false, attempts: [ { attempt: 1 } ] } );
			} );

			it( 'again and again: fails the job instead of paying for ever', async () => {
				const job = newJob();
				await jobs.accept( job );
				for ( let call = 0; call < MAX_ATTEMPTS; call++ ) {
					await begin( await claimed( NOW + call * LEASE_MS ) );
				}
				expect( await claimAt( NOW + MAX_ATTEMPTS * LEASE_MS ) ).toBe( 'ended' );
				const result = await finished( job );
				expect( result ).toMatchObject( { outcome: { status: 'failed', code: 'worker_lost' } } );
				expect( result?.attempts.map( ( { error_code } ) => error_code ) ).toEqual( Array( MAX_ATTEMPTS ).fill( 'worker_lost' ) );
			} );

			it( 'after a cancel: ends the job as canceled', async () => {
				const job = newJob();
				await jobs.accept( job );
				await begin( await claimed() );
				await jobs.cancel( job, NOW );
				expect( await claimAt( NOW + LEASE_MS ) ).toBe( 'ended' );
				expect( await finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [ { error_code: 'worker_lost' } ] } );
			} );
		} );

		describe( 'late texts', () => {
			const lose = async () => {
				const job = newJob();
				await jobs.accept( job );
				const stale = await claimed();
				return { job, stale, number: await begin( stale ), successor: await claimed( NOW + LEASE_MS ) };
			};

			it( 'takes the paid text of a stale worker while no other is stored', async () => {
				const { job, stale, number, successor } = await lose();
				expect( await jobs.settle( stale, { number, end: written }, finish( 'Late.' ), NOW + LEASE_MS + 1 ) ).toBe( 'ended' );
				expect( await jobs.renew( successor, NOW + 9 * LEASE_MS ) ).toBe( 'ended' );
				expect( await finished( job ) ).toMatchObject( { outcome: { text: 'Late.' }, attempts: [ { status: 'succeeded', tokens_out: 50 } ] } );
			} );

			it( 'keeps the first text, but files what the second cost', async () => {
				const { job, stale, number, successor } = await lose();
				await jobs.settle( successor, { number: await begin( successor ), end: written }, finish( 'First.' ), NOW + LEASE_MS );
				expect( await jobs.settle( stale, { number, end: { ...written, tokens_out: 51 } }, finish( 'Second.' ), NOW + LEASE_MS + 1 ) ).toBe( 'ignored' );
				expect( await finished( job ) ).toMatchObject( {
					outcome: { text: 'First.' }, attempts: [ { status: 'succeeded', tokens_out: 51 }, { status: 'succeeded', tokens_out: 50 } ],
				} );
			} );

			it( 'takes it after the job was given up, and delivers that too', async () => {
				const job = newJob();
				await jobs.accept( job );
				let last: { lease: ClaimedJob; number: number } | null = null;
				for ( let call = 0; call < MAX_ATTEMPTS; call++ ) {
					const lease = await claimed( NOW + call * LEASE_MS );
					last = { lease, number: await begin( lease ) };
				}
				const end = NOW + MAX_ATTEMPTS * LEASE_MS;
				await claimAt( end );
				const given = await dueDelivery( end );
				expect( given.finished.outcome.status ).toBe( 'failed' );
				await deliveries.settleDelivery( given.id, { then: 'acknowledged' }, end );
				expect( last && ( await jobs.settle( last.lease, { number: last.number, end: written }, finish( 'At last.' ), end + 1 ) ) ).toBe( 'ended' );
				const second = await dueDelivery( end + 1 );
				expect( second.id ).not.toBe( given.id );
				expect( second.finished.outcome ).toMatchObject( { status: 'succeeded', text: 'At last.' } );
			} );

			it( 'ignores what a stale worker says about a failure', async () => {
				const { job, stale, number } = await lose();
				expect( await jobs.settle( stale, { number, end: busy }, { then: 'retry', at: NOW, maybe_billed: false }, NOW ) ).toBe( 'ignored' );
				expect( ( await jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'running' );
			} );
		} );

		describe( 'retries', () => {
			it( 'come when they are due, after a restart too, with a call of their own', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.settle( lease, { number: await begin( lease ), end: busy }, { then: 'retry', at: NOW + 4_000, maybe_billed: false }, NOW );
				expect( ( await jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ]?.state ).toBe( 'queued' );
				expect( await jobs.nextDueAt() ).toBe( NOW + 4_000 );
				expect( await claimAt( NOW + 3_999 ) ).toBeNull();
				const again = await claimed( NOW + 4_000 );
				expect( again ).toMatchObject( { attempts: 1, runnable_since: NOW + 4_000 } );
				await jobs.settle( again, { number: await begin( again ), end: written }, finish( 'Text.' ), NOW + 5_000 );
				expect( await finished( job ) ).toMatchObject( { maybe_billed_twice: false, attempts: [ { error_code: 'provider_busy' }, { status: 'succeeded' } ] } );
			} );

			it( 'remember that the failed call may have been charged', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.settle( lease, { number: await begin( lease ), end: { ...busy, error_code: 'provider_timeout' } }, { then: 'retry', at: NOW, maybe_billed: true }, NOW );
				const again = await claimed();
				await jobs.settle( again, { number: await begin( again ), end: written }, finish( 'Text.' ), NOW );
				expect( await finished( job ) ).toMatchObject( { maybe_billed_twice: true } );
			} );

			it( 'do not begin after the job has expired', async () => {
				const job = newJob( { expires_at: NOW + 1_000 } );
				await jobs.accept( job );
				expect( await claimAt( NOW + 1_000 ) ).toBe( 'ended' );
				expect( await finished( job ) ).toMatchObject( { outcome: { status: 'failed', code: 'expired' }, attempts: [] } );
			} );
		} );

		describe( 'cancels', () => {
			it( 'end a waiting job at once and deliver that', async () => {
				const job = newJob();
				await jobs.accept( job );
				expect( await jobs.cancel( job, NOW ) ).toMatchObject( { state: 'canceled', finished: { outcome: { status: 'canceled' } } } );
				expect( await claimAt( NOW ) ).toBeNull();
				expect( ( await dueDelivery() ).finished.outcome ).toEqual( { status: 'canceled' } );
			} );

			it( 'end a running job when its worker lets go, and drop a text that was quicker', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				const number = await begin( lease );
				expect( await jobs.cancel( job, NOW ) ).toMatchObject( { state: 'running' } );
				expect( await jobs.renew( lease, NOW + LEASE_MS ) ).toBe( 'canceled' );
				expect( await jobs.settle( lease, { number, end: written }, finish( 'Too quick.' ), NOW ) ).toBe( 'ended' );
				expect( await finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [ { status: 'succeeded', cost_micros: 7 } ] } );
			} );

			it( 'between lease and call end the job without a call', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.cancel( job, NOW );
				expect( await jobs.startAttempt( lease, { provider: 'local', model: 'sample', queue_ms: 0, started_at: NOW } ) ).toBe( 'ended' );
				expect( await finished( job ) ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [] } );
			} );

			it( 'do not change a job that has ended, and find nothing where nothing is', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.settle( lease, { number: await begin( lease ), end: written }, finish( 'Text.' ), NOW );
				expect( await jobs.cancel( job, NOW ) ).toMatchObject( { state: 'succeeded' } );
				expect( await jobs.cancel( { tenant: 'shop:2', uuid: job.uuid }, NOW ) ).toBeNull();
			} );

			it( 'let a stale worker file that its call was called off', async () => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				const number = await begin( lease );
				await jobs.cancel( job, NOW );
				await claimAt( NOW + LEASE_MS );
				expect( await jobs.settle( lease, { number, end: stopped }, { then: 'finish', outcome: { status: 'canceled' } }, NOW ) ).toBe( 'ignored' );
				expect( await finished( job ) ).toMatchObject( { attempts: [ { status: 'canceled', error_code: null } ] } );
			} );
		} );

		describe( 'deliveries', () => {
			const end = async ( overrides: Partial< NewJob > = {} ) => {
				const job = newJob( overrides );
				await jobs.accept( job );
				await jobs.cancel( job, NOW );
				return job;
			};

			it( 'are made once per result, with an id that stays the same over all tries', async () => {
				const job = await end();
				const first = await dueDelivery();
				expect( first ).toMatchObject( { tenant: 'shop:1', tries: 0, finished: { uuid: job.uuid, request_id: job.request_id } } );
				expect( await due() ).toBeNull();
				await deliveries.settleDelivery( first.id, { then: 'retry', at: NOW + 5_000, failure: 'http 500' }, NOW );
				expect( await deliveries.nextDeliveryDueAt() ).toBe( NOW + 5_000 );
				expect( await due( NOW + 4_999 ) ).toBeNull();
				expect( await dueDelivery( NOW + 5_000 ) ).toMatchObject( { id: first.id, tries: 1 } );
			} );

			it( 'are tried again when the process died on the way', async () => {
				await end();
				const first = await dueDelivery();
				expect( await deliveries.nextDeliveryDueAt() ).toBe( NOW + 30_000 );
				expect( await dueDelivery( NOW + 30_000 ) ).toMatchObject( { id: first.id, tries: 1 } );
			} );

			it( 'do not count a try that was not made', async () => {
				await end();
				const first = await dueDelivery();
				await deliveries.settleDelivery( first.id, { then: 'postpone', at: NOW + 1, failure: 'site is not configured' }, NOW );
				expect( await dueDelivery( NOW + 1 ) ).toMatchObject( { id: first.id, tries: 0 } );
			} );

			it( 'end with the acknowledgement or as a dead letter, and stay ended', async () => {
				await end();
				await end();
				const [ first, second ] = [ await dueDelivery(), await dueDelivery() ];
				await deliveries.settleDelivery( first.id, { then: 'acknowledged' }, NOW );
				await deliveries.settleDelivery( second.id, { then: 'dead', failure: 'unknown_job' }, NOW );
				await deliveries.settleDelivery( first.id, { then: 'retry', at: NOW, failure: 'late' }, NOW );
				expect( await due( NOW + DAY_MS ) ).toBeNull();
				expect( await deliveries.nextDeliveryDueAt() ).toBeNull();
			} );

			it( 'of one slow site do not take every place', async () => {
				await Promise.all( [ end(), end(), end(), end( { tenant: 'blog:1' } ) ] );
				const tenants = [ ( await dueDelivery() ).tenant, ( await dueDelivery() ).tenant, ( await dueDelivery() ).tenant ];
				expect( tenants.sort() ).toEqual( [ 'blog:1', 'shop:1', 'shop:1' ] );
				expect( await due() ).toBeNull();
			} );
		} );

		describe( 'purging', () => {
			const endAndDeliver = async ( verdict: 'acknowledged' | 'dead' ) => {
				const job = newJob();
				await jobs.accept( job );
				const lease = await claimed();
				await jobs.settle( lease, { number: await begin( lease ), end: written }, finish( 'Text.' ), NOW );
				const delivery = await dueDelivery();
				await deliveries.settleDelivery( delivery.id, verdict === 'dead' ? { then: 'dead', failure: 'http 500' } : { then: 'acknowledged' }, NOW + 1_000 );
				return job;
			};

			it( 'keeps a delivered text readable for a day after the acknowledgement, then only the fact', async () => {
				const job = await endAndDeliver( 'acknowledged' );
				await jobs.purge( NOW + 1_000 + RESULT_RETENTION_MS );
				expect( await finished( job ) ).not.toBeNull();
				await jobs.purge( NOW + 1_001 + RESULT_RETENTION_MS );
				expect( ( await jobs.find( 'shop:1', [ job.uuid ] ) )[ 0 ] ).toMatchObject( { state: 'succeeded', finished: null } );
				expect( ( await jobs.accept( job ) ).kind ).toBe( 'known' );
				expect( await claimAt( NOW + 2 * DAY_MS ) ).toBeNull();
			} );

			it( 'keeps an undelivered text until the job is forgotten altogether', async () => {
				const job = await endAndDeliver( 'dead' );
				await jobs.purge( NOW + JOB_RETENTION_MS );
				expect( await finished( job ) ).toMatchObject( { outcome: { text: 'Text.' } } );
				await jobs.purge( NOW + JOB_RETENTION_MS + 1 );
				expect( await jobs.find( 'shop:1', [ job.uuid ] ) ).toEqual( [] );
				expect( await due( NOW + 31 * DAY_MS ) ).toBeNull();
			} );

			it( 'leaves jobs alone that have not ended', async () => {
				const job = newJob( { expires_at: NOW + 60 * DAY_MS } );
				await jobs.accept( job );
				await jobs.purge( NOW + 50 * DAY_MS );
				expect( await claimed( NOW + 50 * DAY_MS ) ).toMatchObject( { uuid: job.uuid, request: job.request } );
			} );
		} );
	} );
}
