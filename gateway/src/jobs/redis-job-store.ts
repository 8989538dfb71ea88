import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { unreachable } from '../errors.ts';
import { gather } from '../gather.ts';
import type { RedisServer } from '../redis/open-redis.ts';
import type { RedisTrust } from '../redis/redis-trust.ts';
import { failedOutcome } from './failure-messages.ts';
import {
	JOB_RETENTION_MS, LONGEST_PAUSE_MS, MAX_ATTEMPTS, RESULT_RETENTION_MS, UNBOUNDED,
	type Accepted, type AttemptEnd, type AttemptStart, type Claim, type ClaimedJob, type JobKey, type JobRequest, type JobStore,
	type Lease, type NewJob, type NextStep, type RenewedLease, type SetBack, type StoredJob, type TenantJobs, type WaitingBounds,
} from './job-store.ts';
import type { JobTickets } from './job-tickets.ts';
import {
	acceptScript, cancelScript, claimScript, nextDueScript, setBackScript, PURGE_BATCH, purgeScript, renewScript, settleScript, startAttemptScript, statsScript,
} from './redis-job-scripts.ts';
import { jobKeyOf, lostCall, toStoredJob, type RedisJobRow } from './redis-rows.ts';

/** Keeps one script short: the server does nothing else meanwhile. */
const MAX_OFFERS = 64;
const MAX_ROWS = 200;

type Offered = { job: NewJob; bounds: WaitingBounds };

const CANCELED = JSON.stringify( { status: 'canceled' } );

/** The engine for several servers: every method one script, which Redis runs and logs as a whole. */
export class RedisJobStore implements JobStore {
	readonly #redis: Redis;
	readonly #trust: RedisTrust;
	readonly #tickets: Pick< JobTickets, 'issue' >;
	readonly #row = gather( MAX_ROWS, ( keys: readonly JobKey[] ) => this.#rows( keys ) );
	readonly #accept = gather( MAX_OFFERS, ( offers: readonly Offered[] ) => this.#offer( offers ) );

	constructor( { commands, trust }: Pick< RedisServer, 'commands' | 'trust' >, tickets: Pick< JobTickets, 'issue' > ) {
		this.#redis = commands;
		this.#trust = trust;
		this.#tickets = tickets;
	}

	async accept( job: NewJob, bounds = UNBOUNDED ): Promise< Accepted > {
		return this.#accepted( job, await this.#accept( { job, bounds } ) );
	}

	async acceptAll( jobs: readonly NewJob[], bounds = UNBOUNDED ): Promise< Accepted[] > {
		const [ first, ...others ] = jobs;
		if ( first !== undefined && others.length === 0 ) {
			return [ await this.accept( first, bounds ) ];
		}
		const kinds = jobs.length === 0 ? [] : await this.#offer( jobs.map( ( job ) => ( { job, bounds } ) ) );
		return Promise.all( jobs.map( ( job, index ) => this.#accepted( job, kinds[ index ] ?? 'full' ) ) );
	}

	/** One script for all of them, so that one answer waits for the disk. */
	async #offer( offers: readonly Offered[] ): Promise< Accepted[ 'kind' ][] > {
		await this.#trust.assertDurable();
		const args = offers.flatMap( ( { job: { request, ...job }, bounds } ) => {
			const row = Object.entries( job ).flat();
			return [ job.tenant, job.uuid, job.accepted_at, bounds.total, bounds.per_tenant, JSON.stringify( request ), row.length, ...row ];
		} );
		const [ tickets, ...kinds ] = ( await acceptScript.run( this.#redis, ...args ) ) as [ number, ...Accepted[ 'kind' ][] ];
		this.#tickets.issue( tickets, 0 );
		return kinds;
	}

	async #accepted( job: NewJob, kind: Accepted[ 'kind' ] ): Promise< Accepted > {
		switch ( kind ) {
			case 'full':
				return { kind };
			case 'accepted':
				return { kind, job: { tenant: job.tenant, uuid: job.uuid, body_hash: job.body_hash, state: 'queued', next_run_at: job.accepted_at, finished: null } };
			case 'known':
				return { kind, job: await this.#stored( job ) };
			default:
				throw unreachable( kind );
		}
	}

	async find( tenant: string, uuids: readonly string[] ): Promise< StoredJob[] > {
		const rows = await Promise.all( uuids.map( ( uuid ) => this.#row( { tenant, uuid } ) ) );
		return rows.filter( ( row ) => row[ 'state' ] !== undefined ).map( toStoredJob );
	}

	async cancel( key: JobKey, now: number ): Promise< StoredJob | null > {
		const state = await cancelScript.run( this.#redis, key.tenant, key.uuid, now, CANCELED, newDeliveryId() );
		return state === null ? null : this.#stored( key );
	}

	async claim( { lease, now, lease_until, full_models = [], lapsed_by = now }: Claim ): Promise< ClaimedJob | 'ended' | null > {
		const claimed = ( await claimScript.run(
			this.#redis, lease, now, lease_until, MAX_ATTEMPTS, JSON.stringify( lostCall ), CANCELED, JSON.stringify( failedOutcome( 'worker_lost' ) ),
			JSON.stringify( failedOutcome( 'expired' ) ), newDeliveryId(), lapsed_by, ...full_models
		) ) as string[] | 'ended' | null;
		if ( claimed === null || claimed === 'ended' ) {
			return claimed;
		}
		const [ tenant = '', uuid = '', request_id = '', model = '', request = '', attempts, route_index, runnable_since, expires_at ] = claimed;
		return {
			tenant,
			uuid,
			lease,
			request_id,
			model,
			request: JSON.parse( request ) as JobRequest,
			attempts: Number( attempts ),
			route_index: Number( route_index ),
			runnable_since: Number( runnable_since ),
			expires_at: Number( expires_at ),
		};
	}

	async renew( { tenant, uuid, lease }: Lease, lease_until: number ): Promise< RenewedLease > {
		return ( await renewScript.run( this.#redis, tenant, uuid, lease, lease_until ) ) as RenewedLease;
	}

	async startAttempt( { tenant, uuid, lease }: Lease, start: AttemptStart ): Promise< number | 'ended' | null > {
		return ( await startAttemptScript.run(
			this.#redis, tenant, uuid, lease, JSON.stringify( start ), start.started_at, CANCELED, newDeliveryId()
		) ) as number | 'ended' | null;
	}

	async settle(
		{ tenant, uuid, lease }: Lease, attempt: { number: number; end: AttemptEnd } | null, next: NextStep, now: number
	): Promise< 'ended' | 'queued' | 'ignored' > {
		const outcome = next.then === 'finish' ? JSON.stringify( next.outcome ) : '';
		const retry = next.then === 'retry' ? [ next.at, next.maybe_billed ? 1 : 0, next.route_index ?? '' ] : [ '', 0, '' ];
		const settled = ( await settleScript.run(
			this.#redis, tenant, uuid, lease, now, attempt?.number ?? '', JSON.stringify( attempt?.end ?? null ), outcome, ...retry, CANCELED, newDeliveryId()
		) ) as 'ended' | 'queued' | 'ignored';
		if ( settled === 'queued' && next.then === 'retry' ) {
			this.#tickets.issue( 1, Math.max( 0, next.at - now ) );
		}
		return settled;
	}

	async nextDueAt( full_models: readonly string[] = [] ): Promise< number | null > {
		const at = await nextDueScript.run( this.#redis, ...full_models );
		return at === null ? null : Number( at );
	}

	async clockSetBack( { now, lease_until }: SetBack ): Promise< void > {
		await setBackScript.run( this.#redis, now, lease_until, now + LONGEST_PAUSE_MS );
	}

	async purge( now: number ): Promise< void > {
		while ( Number( await purgeScript.run( this.#redis, now - JOB_RETENTION_MS, now - RESULT_RETENTION_MS ) ) === PURGE_BATCH ) {
			// The next batch.
		}
	}

	async stats(): Promise< TenantJobs[] > {
		const lines = ( await statsScript.run( this.#redis ) ) as [ string, number, number, string | null ][];
		return lines.map( ( [ tenant, waiting, running, first ] ) => ( { tenant, waiting, running, waiting_since: first === null ? null : Number( first ) } ) );
	}

	async ping(): Promise< void > {
		await Promise.all( [ this.#redis.ping(), this.#trust.check() ] );
	}

	async #rows( keys: readonly JobKey[] ): Promise< RedisJobRow[] > {
		const answers = await this.#redis.pipeline( keys.map( ( key ) => [ 'hgetall', jobKeyOf( key ) ] ) ).exec();
		return ( answers ?? [] ).map( ( [ error, row ] ) => {
			if ( error !== null ) {
				throw error;
			}
			return row as RedisJobRow;
		} );
	}

	async #stored( key: JobKey ): Promise< StoredJob > {
		return toStoredJob( await this.#row( key ) );
	}
}

/** Also the `webhook-id`; used only if the script ends the job. */
function newDeliveryId(): string {
	return `msg_${ randomUUID() }`;
}
