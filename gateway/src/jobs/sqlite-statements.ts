import type { SqliteDatabase } from '../database.ts';

/** Every statement that changes jobs, prepared once. Parameters are named after the columns. */
export class JobStatements {
	readonly insertJob;
	readonly requestCancel;
	readonly lapsedJob;
	readonly dueQueue;
	readonly dueJob;
	readonly countWaiting;
	readonly stats;
	readonly lease;
	readonly renew;
	readonly cutWaits;
	readonly shortenLeases;
	readonly requeue;
	readonly end;
	readonly nextDue;
	readonly nextDueOfOthers;
	readonly countAttempt;
	readonly insertAttempt;
	readonly endAttempt;
	readonly fileLostAttempts;
	readonly insertDelivery;
	readonly dropOldJobs;
	readonly dropDeliveredTexts;

	constructor( database: SqliteDatabase ) {
		const job = 'WHERE tenant = :tenant AND uuid = :uuid';
		this.insertJob = database.prepare( `
			INSERT INTO jobs ( tenant, uuid, request_id, task, model, body_hash, request_json, state, next_run_at, accepted_at, expires_at )
			VALUES ( :tenant, :uuid, :request_id, :task, :model, :body_hash, :request_json, 'queued', :accepted_at, :accepted_at, :expires_at )
			ON CONFLICT ( tenant, uuid ) DO NOTHING` );
		this.requestCancel = database.prepare( `UPDATE jobs SET cancel_requested = 1 ${ job }` );
		this.lapsedJob = database.prepare( `
			SELECT * FROM jobs WHERE state = 'running' AND lease_until <= :now ORDER BY lease_until LIMIT 1` );
		// The index is named: left to itself SQLite reads every job there ever was.
		const firstOf = ( queue: string ) => `(
			SELECT MIN( next_run_at ) FROM jobs AS first INDEXED BY jobs_waiting WHERE first.state = 'queued' AND first.tenant = ${ queue }.tenant AND first.model = ${ queue }.model
		)`;
		const notFull = 'model NOT IN ( SELECT value FROM json_each( :full_models ) )';
		this.dueQueue = database.prepare( `
			SELECT tenant, model FROM (
				SELECT tenant, model, ( SELECT SUM( running ) FROM tenant_jobs AS own WHERE own.tenant = queue.tenant ) AS busy, ${ firstOf( 'queue' ) } AS first_at
				FROM tenant_jobs AS queue WHERE waiting > 0 AND ${ notFull }
			) WHERE first_at <= :now ORDER BY busy, first_at LIMIT 1` );
		this.dueJob = database.prepare( `
			SELECT * FROM jobs INDEXED BY jobs_waiting WHERE state = 'queued' AND tenant = :tenant AND model = :model AND next_run_at <= :now
			ORDER BY next_run_at, accepted_at LIMIT 1` );
		this.countWaiting = database.prepare( `
			SELECT COALESCE( SUM( waiting ), 0 ) AS total, COALESCE( SUM( waiting ) FILTER ( WHERE tenant = :tenant ), 0 ) AS of_tenant FROM tenant_jobs` );
		this.stats = database.prepare( `
			SELECT tenant, SUM( waiting ) AS waiting, SUM( running ) AS running, MIN( ${ firstOf( 'queue' ) } ) AS waiting_since
			FROM tenant_jobs AS queue GROUP BY tenant` );
		this.lease = database.prepare( `
			UPDATE jobs SET state = 'running', lease = :lease, lease_until = :lease_until, maybe_billed_twice = MAX( maybe_billed_twice, :billed ) ${ job }` );
		this.renew = database.prepare( `UPDATE jobs SET lease_until = :lease_until ${ job }` );
		this.cutWaits = database.prepare( `
			UPDATE jobs SET next_run_at = CASE WHEN accepted_at > :now THEN :now ELSE :latest END
			WHERE state = 'queued' AND next_run_at > :now AND ( accepted_at > :now OR next_run_at > :latest )` );
		this.shortenLeases = database.prepare( `UPDATE jobs SET lease_until = :lease_until WHERE state = 'running' AND lease_until > :lease_until` );
		this.requeue = database.prepare( `
			UPDATE jobs SET state = 'queued', next_run_at = :at, route_index = :route_index, lease = NULL, lease_until = NULL,
				maybe_billed_twice = MAX( maybe_billed_twice, :billed ) ${ job }` );
		this.end = database.prepare( `
			UPDATE jobs SET state = :state, outcome_json = :outcome_json, request_json = NULL, finished_at = :now, lease = NULL, lease_until = NULL ${ job }` );
		this.nextDue = database.prepare( `
			SELECT MIN( at ) AS at FROM (
				SELECT MIN( next_run_at ) AS at FROM jobs WHERE state = 'queued'
				UNION ALL SELECT MIN( lease_until ) FROM jobs WHERE state = 'running'
			)` );
		this.nextDueOfOthers = database.prepare( `
			SELECT MIN( at ) AS at FROM (
				SELECT ${ firstOf( 'queue' ) } AS at FROM tenant_jobs AS queue WHERE waiting > 0 AND ${ notFull }
				UNION ALL SELECT MIN( lease_until ) FROM jobs WHERE state = 'running'
			)` );
		this.countAttempt = database.prepare( `UPDATE jobs SET attempts = :attempts ${ job }` );
		this.insertAttempt = database.prepare( `
			INSERT INTO attempts ( tenant, uuid, attempt, provider, model, status, queue_ms, started_at )
			VALUES ( :tenant, :uuid, :attempt, :provider, :model, 'running', :queue_ms, :started_at )` );
		this.endAttempt = database.prepare( `
			UPDATE attempts SET status = :status, error_code = :error_code, tokens_in = :tokens_in, tokens_out = :tokens_out,
				cost_micros = :cost_micros, provider_ms = :provider_ms, cached = :cached
			${ job } AND attempt = :attempt AND ( status = 'running' OR error_code = 'worker_lost' )` );
		this.fileLostAttempts = database.prepare( `UPDATE attempts SET status = 'failed', error_code = 'worker_lost' ${ job } AND status = 'running'` );
		this.insertDelivery = database.prepare( `
			INSERT INTO deliveries ( id, tenant, uuid, state, next_try_at, created_at ) VALUES ( :id, :tenant, :uuid, 'due', :now, :now )` );
		this.dropOldJobs = database.prepare( 'DELETE FROM jobs WHERE finished_at < :before' );
		this.dropDeliveredTexts = database.prepare( `
			UPDATE jobs INDEXED BY jobs_texts SET outcome_json = NULL
			WHERE finished_at < :before AND outcome_json IS NOT NULL
			AND NOT EXISTS (
				SELECT 1 FROM deliveries WHERE deliveries.tenant = jobs.tenant AND deliveries.uuid = jobs.uuid
				AND ( state <> 'acknowledged' OR ended_at >= :before )
			)` );
	}
}
