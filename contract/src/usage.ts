import * as z from 'zod/mini';
import { errorCode } from './errors.ts';
import { person, postLink } from './jobs.ts';
import { count, day, positive, requestId, utcTime, uuid } from './primitives.ts';
import { task } from './tasks.ts';

/** How one call of a provider ended. */
export const attemptStatuses = [ 'succeeded', 'failed', 'canceled' ] as const;
export const attemptStatus = z.enum( attemptStatuses );
export type AttemptStatus = z.infer< typeof attemptStatus >;

/** One call of a provider. Money is in millionths of a US dollar; `day` is the site's date when it was written. */
export const usageRow = z.strictObject( {
	id: positive,
	job_uuid: uuid,
	attempt: positive,
	user: z.nullable( person ),
	role: z.nullable( z.string() ),
	post: z.nullable( postLink ),
	task,
	provider: z.string(),
	model: z.string(),
	tokens_in: z.nullable( count ),
	tokens_out: z.nullable( count ),
	cost_micros: z.nullable( count ),
	cached: z.boolean(),
	queue_ms: z.nullable( count ),
	provider_ms: z.nullable( count ),
	status: attemptStatus,
	error_code: z.nullable( errorCode ),
	request_id: requestId,
	created_at: utcTime,
	day,
} );
export type UsageRow = z.infer< typeof usageRow >;

export const usageTotals = z.strictObject( {
	attempts: count,
	succeeded: count,
	failed: count,
	canceled: count,
	tokens_in: count,
	tokens_out: count,
	cost_micros: count,
} );
export type UsageTotals = z.infer< typeof usageTotals >;

export const usageOrderings = [ 'created_at', 'cost_micros', 'tokens_in', 'tokens_out', 'provider_ms' ] as const;

/** `GET /usage?user_id=1,2&status=failed&from=&to=&page=&per_page=&orderby=&order=`. `totals` cover the whole filter, not the page. */
export const usageList = z.strictObject( {
	items: z.array( usageRow ),
	totals: usageTotals,
	total_items: count,
	total_pages: count,
} );
export type UsageList = z.infer< typeof usageList >;

/** `GET /usage/users`: everyone the log knows, for the filter. */
export const usageUsers = z.strictObject( { items: z.array( person ) } );
