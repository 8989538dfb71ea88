import { randomUUID } from 'node:crypto';
import type { Outcome } from '@draftkeeper/contract';
import type { SqliteDatabase } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { failedOutcome } from './failure-messages.ts';
import {
	JOB_RETENTION_MS, LONGEST_PAUSE_MS, MAX_ATTEMPTS, RESULT_RETENTION_MS, UNBOUNDED,
	type Accepted, type AttemptEnd, type AttemptStart, type Claim, type ClaimedJob, type JobKey, type JobRequest, type JobStore,
	type Lease, type NewJob, type NextStep, type RenewedLease, type SetBack, type StoredJob, type TenantJobs, type WaitingBounds,
} from './job-store.ts';
import { JobReader, type JobRow } from './sqlite-rows.ts';
import { JobStatements } from './sqlite-statements.ts';

/** A lease that would last hardly longer is not written again: each write wakes every other process that shares the file. */
const RENEW_GRAIN_MS = 1_000;

/** The embedded engine: one SQLite file, every method whole or not at all. */
export class SqliteJobStore implements JobStore {
	readonly #group: GroupCommit;
	readonly #jobs: JobReader;
	readonly #sql: JobStatements;

	/** `group`: shared with the other stores of the file, so that they share its commits, too. */
	constructor( database: SqliteDatabase, group = new GroupCommit( database ) ) {
		this.#group = group;
		this.#jobs = new JobReader( database );
		this.#sql = new JobStatements( database );
	}

	accept( job: NewJob, bounds = UNBOUNDED ): Promise< Accepted > {
		return this.#group.write( () => this.#accept( job, bounds ) );
	}

	acceptAll( jobs: readonly NewJob[], bounds = UNBOUNDED ): Promise< Accepted[] > {
		return this.#group.write( () => jobs.map( ( job ) => this.#accept( job, bounds ) ) );
	}

	#accept( { request, ...job }: NewJob, bounds: WaitingBounds ): Accepted {
		const waiting = this.#sql.countWaiting.get( { tenant: job.tenant } ) as { total: number; of_tenant: number };
		const hasRoom = waiting.total < bounds.total && waiting.of_tenant < bounds.per_tenant;
		// A known job is not stored again.
		if ( hasRoom && this.#sql.insertJob.run( { ...job, request_json: JSON.stringify( request ) } ).changes === 1 ) {
			return { kind: 'accepted', job: { tenant: job.tenant, uuid: job.uuid, body_hash: job.body_hash, state: 'queued', next_run_at: job.accepted_at, finished: null } };
		}
		const known = this.#jobs.row( job.tenant, job.uuid );
		return known === null ? { kind: 'full' } : { kind: 'known', job: this.#jobs.stored( known ) };
	}

	async find( tenant: string, uuids: readonly string[] ): Promise< StoredJob[] > {
		return this.#jobs.rows( tenant, uuids ).map( ( row ) => this.#jobs.stored( row ) );
	}

	async cancel( key: JobKey, now: number ): Promise< StoredJob | null > {
		return this.#group.write( () => {
			const row = this.#jobs.row( key.tenant, key.uuid );
			if ( row === null ) {
				return null;
			}
			if ( row.state === 'queued' ) {
				this.#end( row, { status: 'canceled' }, now );
			} else if ( row.state === 'running' ) {
				this.#sql.requestCancel.run( { tenant: key.tenant, uuid: key.uuid } );
			}
			const changed = this.#jobs.row( key.tenant, key.uuid );
			return changed === null ? null : this.#jobs.stored( changed );
		} );
	}

	async claim( { lease, now, lease_until, full_models = [], lapsed_by = now }: Claim ): Promise< ClaimedJob | 'ended' | null > {
		return this.#group.write( () => {
			const lost = this.#sql.lapsedJob.get( { now: lapsed_by } ) as JobRow | undefined;
			const row = lost ?? this.#dueJob( now, full_models );
			if ( row === undefined ) {
				return null;
			}
			const lostCalls = lost === undefined ? 0 : this.#sql.fileLostAttempts.run( { tenant: row.tenant, uuid: row.uuid } ).changes;
			if ( row.cancel_requested === 1 ) {
				return this.#end( row, { status: 'canceled' }, now );
			}
			if ( row.attempts >= MAX_ATTEMPTS ) {
				return this.#end( row, failedOutcome( 'worker_lost' ), now );
			}
			if ( row.expires_at <= now ) {
				return this.#end( row, failedOutcome( 'expired' ), now );
			}
			this.#sql.lease.run( { tenant: row.tenant, uuid: row.uuid, lease, lease_until, billed: lostCalls > 0 ? 1 : 0 } );
			return {
				tenant: row.tenant,
				uuid: row.uuid,
				lease,
				request_id: row.request_id,
				model: row.model,
				request: JSON.parse( row.request_json ?? '' ) as JobRequest,
				attempts: row.attempts,
				route_index: row.route_index,
				runnable_since: row.lease_until ?? row.next_run_at,
				expires_at: row.expires_at,
			};
		} );
	}

	#dueJob( now: number, full_models: readonly string[] ): JobRow | undefined {
		const queue = this.#sql.dueQueue.get( { now, full_models: JSON.stringify( full_models ) } ) as { tenant: string; model: string } | undefined;
		return queue === undefined ? undefined : this.#sql.dueJob.get( { now, ...queue } ) as JobRow | undefined;
	}

	async renew( lease: Lease, lease_until: number ): Promise< RenewedLease > {
		return this.#group.write( () => {
			const row = this.#jobs.row( lease.tenant, lease.uuid );
			if ( row?.cancel_requested === 1 ) {
				return 'canceled';
			}
			if ( row === null || ( row.state !== 'queued' && row.state !== 'running' ) ) {
				return 'ended';
			}
			if ( row.lease !== lease.lease ) {
				return 'lost';
			}
			if ( Math.abs( lease_until - ( row.lease_until ?? 0 ) ) >= RENEW_GRAIN_MS ) {
				this.#sql.renew.run( { tenant: lease.tenant, uuid: lease.uuid, lease_until } );
			}
			return 'held';
		} );
	}

	async startAttempt( lease: Lease, start: AttemptStart ): Promise< number | 'ended' | null > {
		return this.#group.write( () => {
			const row = this.#jobs.row( lease.tenant, lease.uuid );
			if ( row?.state !== 'running' || row.lease !== lease.lease ) {
				return null;
			}
			if ( row.cancel_requested === 1 ) {
				return this.#end( row, { status: 'canceled' }, start.started_at );
			}
			const attempt = row.attempts + 1;
			this.#sql.countAttempt.run( { tenant: row.tenant, uuid: row.uuid, attempts: attempt } );
			this.#sql.insertAttempt.run( { tenant: row.tenant, uuid: row.uuid, attempt, ...start } );
			return attempt;
		} );
	}

	async settle(
		lease: Lease, attempt: { number: number; end: AttemptEnd } | null, next: NextStep, now: number
	): Promise< 'ended' | 'queued' | 'ignored' > {
		return this.#group.write( () => {
			const row = this.#jobs.row( lease.tenant, lease.uuid );
			if ( row === null ) {
				return 'ignored';
			}
			if ( attempt !== null ) {
				const cached = attempt.end.cached === true ? 1 : 0;
				this.#sql.endAttempt.run( { tenant: row.tenant, uuid: row.uuid, attempt: attempt.number, ...attempt.end, cached } );
			}
			const isHolder = row.state === 'running' && row.lease === lease.lease;
			if ( row.cancel_requested === 1 && isHolder ) {
				return this.#end( row, { status: 'canceled' }, now );
			}
			if ( next.then === 'finish' && ( isHolder || ( next.outcome.status === 'succeeded' && isWithoutText( row ) ) ) ) {
				return this.#end( row, next.outcome, now );
			}
			if ( next.then === 'retry' && isHolder ) {
				this.#sql.requeue.run( {
					tenant: row.tenant, uuid: row.uuid, at: next.at, billed: next.maybe_billed ? 1 : 0, route_index: next.route_index ?? row.route_index,
				} );
				return 'queued';
			}
			return 'ignored';
		} );
	}

	async nextDueAt( full_models: readonly string[] = [] ): Promise< number | null > {
		const next = full_models.length === 0 ? this.#sql.nextDue.get( {} ) : this.#sql.nextDueOfOthers.get( { full_models: JSON.stringify( full_models ) } );
		return ( next as { at: number | null } ).at;
	}

	async clockSetBack( { now, lease_until }: SetBack ): Promise< void > {
		await this.#group.write( () => {
			this.#sql.cutWaits.run( { now, latest: now + LONGEST_PAUSE_MS } );
			this.#sql.shortenLeases.run( { lease_until } );
		} );
	}

	async purge( now: number ): Promise< void > {
		await this.#group.write( () => {
			this.#sql.dropOldJobs.run( { before: now - JOB_RETENTION_MS } );
			this.#sql.dropDeliveredTexts.run( { before: now - RESULT_RETENTION_MS } );
		} );
	}

	async stats(): Promise< TenantJobs[] > {
		return this.#sql.stats.all( {} ) as TenantJobs[];
	}

	async ping(): Promise< void > {
		this.#sql.nextDue.get( {} );
	}

	/** Stores the result and its delivery, forgets the request. */
	#end( row: JobRow, outcome: Outcome, now: number ): 'ended' {
		const { tenant, uuid } = row;
		this.#sql.end.run( { tenant, uuid, state: outcome.status, outcome_json: JSON.stringify( outcome ), now } );
		this.#sql.insertDelivery.run( { tenant, uuid, id: `msg_${ randomUUID() }`, now } );
		return 'ended';
	}
}

/** Whether a late text is still welcome: nothing else was stored, or only that the text was lost. */
function isWithoutText( row: JobRow ): boolean {
	if ( row.cancel_requested === 1 ) {
		return false;
	}
	if ( row.state === 'queued' || row.state === 'running' ) {
		return true;
	}
	const outcome = row.outcome_json === null ? null : ( JSON.parse( row.outcome_json ) as Outcome );
	return outcome?.status === 'failed' && ( outcome.code === 'worker_lost' || outcome.code === 'expired' );
}
