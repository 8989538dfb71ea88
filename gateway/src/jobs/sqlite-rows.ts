import type { Attempt, FinishedJob, GatewayJob, Outcome } from '@draftkeeper/contract';
import { toUtcTime } from '../clock.ts';
import type { SqliteDatabase } from '../database.ts';
import type { StoredJob } from './job-store.ts';

export type JobRow = {
	tenant: string;
	uuid: string;
	request_id: string;
	model: string;
	body_hash: string;
	request_json: string | null;
	state: GatewayJob[ 'state' ];
	outcome_json: string | null;
	attempts: number;
	route_index: number;
	maybe_billed_twice: number;
	cancel_requested: number;
	next_run_at: number;
	lease: string | null;
	lease_until: number | null;
	expires_at: number;
	finished_at: number | null;
};

type AttemptRow = Omit< Attempt, 'cached' | 'started_at' | 'status' > & {
	status: Attempt[ 'status' ] | 'running';
	started_at: number;
	cached: number;
};

/** Reads jobs with everything that was filed about them. */
export class JobReader {
	readonly #job;
	readonly #jobs;
	readonly #attempts;

	constructor( database: SqliteDatabase ) {
		this.#job = database.prepare( 'SELECT * FROM jobs WHERE tenant = :tenant AND uuid = :uuid' );
		this.#jobs = database.prepare( 'SELECT * FROM jobs WHERE tenant = :tenant AND uuid IN ( SELECT value FROM json_each( :uuids ) )' );
		this.#attempts = database.prepare( 'SELECT * FROM attempts WHERE tenant = :tenant AND uuid = :uuid ORDER BY attempt' );
	}

	row( tenant: string, uuid: string ): JobRow | null {
		return ( this.#job.get( { tenant, uuid } ) as JobRow | undefined ) ?? null;
	}

	rows( tenant: string, uuids: readonly string[] ): JobRow[] {
		// The most frequent question of all by far: whether an offered job is known.
		const [ uuid, ...others ] = uuids;
		if ( uuid !== undefined && others.length === 0 ) {
			const row = this.row( tenant, uuid );
			return row === null ? [] : [ row ];
		}
		return this.#jobs.all( { tenant, uuids: JSON.stringify( uuids ) } ) as JobRow[];
	}

	stored( row: JobRow ): StoredJob {
		return {
			tenant: row.tenant,
			uuid: row.uuid,
			body_hash: row.body_hash,
			state: row.state,
			next_run_at: row.next_run_at,
			finished: this.finished( row ),
		};
	}

	finished( row: JobRow ): FinishedJob | null {
		if ( row.outcome_json === null || row.finished_at === null ) {
			return null;
		}
		return {
			uuid: row.uuid,
			request_id: row.request_id,
			outcome: JSON.parse( row.outcome_json ) as Outcome,
			attempts: this.#attemptsOf( row ),
			maybe_billed_twice: row.maybe_billed_twice === 1,
			finished_at: toUtcTime( row.finished_at ),
		};
	}

	#attemptsOf( { tenant, uuid }: JobRow ): Attempt[] {
		const rows = this.#attempts.all( { tenant, uuid } ) as AttemptRow[];
		// A call still under way when the job ended (its worker had lost the lease) is reported as what it looks like from here.
		return rows.map( ( row ) => ( {
			attempt: row.attempt,
			provider: row.provider,
			model: row.model,
			status: row.status === 'running' ? 'failed' : row.status,
			error_code: row.status === 'running' ? 'worker_lost' : row.error_code,
			tokens_in: row.tokens_in,
			tokens_out: row.tokens_out,
			cost_micros: row.cost_micros,
			cached: row.cached === 1,
			queue_ms: row.queue_ms,
			provider_ms: row.provider_ms,
			started_at: toUtcTime( row.started_at ),
		} ) );
	}
}
