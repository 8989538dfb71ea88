import type { Attempt, FinishedJob, GatewayJob, Outcome } from '@draftkeeper/contract';
import { toUtcTime } from '../clock.ts';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import type { AttemptEnd, AttemptStart, JobKey, StoredJob } from './job-store.ts';

/** A job's hash. Everything in it is text. */
export type RedisJobRow = Readonly< Record< string, string > >;

export function jobKeyOf( { tenant, uuid }: JobKey ): string {
	return `${ REDIS_PREFIX }:job:${ tenant }:${ uuid }`;
}

export function toStoredJob( row: RedisJobRow ): StoredJob {
	return {
		tenant: row[ 'tenant' ] ?? '',
		uuid: row[ 'uuid' ] ?? '',
		body_hash: row[ 'body_hash' ] ?? '',
		state: row[ 'state' ] as GatewayJob[ 'state' ],
		next_run_at: Number( row[ 'next_run_at' ] ),
		finished: toFinishedJob( row ),
	};
}

export function toFinishedJob( row: RedisJobRow ): FinishedJob | null {
	const { outcome_json, finished_at, uuid = '', request_id = '' } = row;
	if ( outcome_json === undefined || finished_at === undefined ) {
		return null;
	}
	return {
		uuid,
		request_id,
		outcome: JSON.parse( outcome_json ) as Outcome,
		attempts: Array.from( { length: Number( row[ 'attempts' ] ) }, ( _, index ) => toAttempt( row, index + 1 ) ),
		maybe_billed_twice: row[ 'maybe_billed_twice' ] === '1',
		finished_at: toUtcTime( Number( finished_at ) ),
	};
}

/** What a call looks like whose worker has not filed its end. */
export const lostCall: AttemptEnd = { status: 'failed', error_code: 'worker_lost', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: null };

function toAttempt( row: RedisJobRow, attempt: number ): Attempt {
	const { started_at, ...start } = JSON.parse( row[ `start:${ attempt }` ] ?? '' ) as AttemptStart;
	const filed = row[ `end:${ attempt }` ];
	const end = filed === undefined ? lostCall : ( JSON.parse( filed ) as AttemptEnd );
	return { attempt, ...start, ...end, cached: end.cached ?? false, started_at: toUtcTime( started_at ) };
}
