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
	/** Whether these are few enough for another order than that of time. */
	sortable: z.boolean(),
} );
export type UsageTotals = z.infer< typeof usageTotals >;

export const usageOrderings = [ 'created_at', 'cost_micros', 'tokens_in', 'tokens_out', 'provider_ms' ] as const;

/**
 * `GET /usage?user_id=1,2&status=failed&model=&from=&to=&cursor=&per_page=&orderby=&order=`. `totals` cover the whole filter, and stand on its
 * first page alone. Any other order than `created_at` is answered with `too_many_to_sort` where the filter leaves too much.
 */
export const usageList = z.strictObject( {
	items: z.array( usageRow ),
	next_cursor: z.nullable( z.string() ),
	totals: z.nullable( usageTotals ),
} );
export type UsageList = z.infer< typeof usageList >;

/** `GET /usage/choices`: everyone the books know, and every model that was called or can be, for the filters. */
export const usageChoices = z.strictObject( { users: z.array( person ), models: z.array( z.string() ) } );
export type UsageChoices = z.infer< typeof usageChoices >;
