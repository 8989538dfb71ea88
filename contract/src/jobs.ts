import * as z from 'zod/mini';
import { errorCode } from './errors.ts';
import { productFacts } from './facts.ts';
import { count, positive, requestId, slug, text, utcTime, uuid } from './primitives.ts';
import { reviewDecision } from './reviews.ts';
import { stream } from './streams.ts';
import { jobOptions, task } from './tasks.ts';

export const jobStatuses = [ 'pending', 'running', 'succeeded', 'failed', 'canceled' ] as const;
export const jobStatus = z.enum( jobStatuses );
export type JobStatus = z.infer< typeof jobStatus >;

/** Why a pending job has not been taken by the gateway yet, or a running one does not get on there. */
export const waitReasons = [
	'gateway_unreachable',
	'gateway_refused_signature',
	'gateway_busy',
	'gateway_disabled',
	'gateway_error',
	'gateway_not_found',
	'contract_unsupported',
	'site_moved',
	'encryption_key_missing',
	'provider_unavailable',
] as const;
export const waitReason = z.enum( waitReasons );
export type WaitReason = z.infer< typeof waitReason >;

/** `POST /jobs`. */
export const createJob = z.strictObject( {
	task,
	input: z.strictObject( { facts: productFacts } ),
	options: z.optional( jobOptions ),
	model: z.optional( slug ),
	post_id: z.optional( positive ),
	/** Where the draft belongs: `field:excerpt` or `block:<ref>`. */
	target: z.optional( text( 1, 100 ) ),
	/** Anything the caller wants to find again; never sent on. */
	client_ref: z.optional( text( 1, 100 ) ),
	/** Where the gateway keeps answers: an earlier one will not do. */
	cache: z.optional( z.enum( [ 'bypass' ] ) ),
} );
export type CreateJob = z.infer< typeof createJob >;

export const markKinds = [ 'number', 'url', 'email', 'phone' ] as const;

/** Something in the text that the facts do not hold: `{ text: '42 cm', kind: 'number' }`. */
export const mark = z.strictObject( { text: text( 1, 300 ), kind: z.enum( markKinds ) } );
export type Mark = z.infer< typeof mark >;

/** A draft, sanitized for its task. `sample` is true when no language model wrote it. */
export const draft = z.strictObject( {
	html: text( 0, 60000 ),
	marks: z.array( mark ),
	sample: z.boolean(),
} );
export type Draft = z.infer< typeof draft >;

export const person = z.strictObject( { id: positive, name: z.string() } );
export type Person = z.infer< typeof person >;

/** `title` and `edit_url` are null where the caller may not read or edit the post. */
export const postLink = z.strictObject( { id: positive, title: z.nullable( z.string() ), edit_url: z.nullable( z.string() ) } );
export type PostLink = z.infer< typeof postLink >;

const jobFields = {
	uuid,
	task,
	target: z.nullable( z.string() ),
	client_ref: z.nullable( z.string() ),
	post_id: z.nullable( positive ),
	/** In filtered lists alone. */
	post: z.optional( z.nullable( postLink ) ),
	user: z.nullable( person ),
	model: z.nullable( z.string() ),
	/** Grows with every change; the ETag is made of uuid and version. */
	version: positive,
	retry_of: z.nullable( uuid ),
	cancel_pending: z.boolean(),
	maybe_billed_twice: z.boolean(),
	request_id: requestId,
	/** Null where the caller may see the job, but not its texts, and in filtered lists. */
	request: z.nullable( z.strictObject( { input: createJob.shape.input, options: jobOptions } ) ),
	/** Why texts that the caller may see are not there: removed when their time was over, or encrypted with a key that is not set. */
	texts_missing: z.optional( z.enum( [ 'purged', 'sealed' ] ) ),
	/** Sums over all attempts; null before the first one is reported. */
	attempts: count,
	tokens_in: z.nullable( count ),
	tokens_out: z.nullable( count ),
	cost_micros: z.nullable( count ),
	created_at: utcTime,
	updated_at: utcTime,
};

/** Only where a browser has created the job, and texts may be shown while they are written. */
const liveFields = { stream: z.optional( stream ) };

/** A job as WordPress answers it, from `POST /jobs` and `GET /jobs/{uuid}`. */
export const job = z.discriminatedUnion( 'status', [
	z.strictObject( { ...jobFields, ...liveFields, status: z.literal( 'pending' ), wait_reason: z.nullable( waitReason ) } ),
	z.strictObject( { ...jobFields, ...liveFields, status: z.literal( 'running' ), wait_reason: z.nullable( waitReason ) } ),
	z.strictObject( {
		...jobFields,
		status: z.literal( 'succeeded' ),
		finished_at: utcTime,
		/** Null where the caller may not see texts, and in filtered lists. */
		draft: z.nullable( draft ),
		review: z.nullable( z.strictObject( {
			decision: reviewDecision,
			reviewed_by: z.nullable( person ),
			reviewed_at: utcTime,
		} ) ),
	} ),
	z.strictObject( {
		...jobFields,
		status: z.literal( 'failed' ),
		finished_at: utcTime,
		error: z.strictObject( { code: errorCode, message: z.string() } ),
	} ),
	z.strictObject( { ...jobFields, status: z.literal( 'canceled' ), finished_at: utcTime } ),
] );
export type Job = z.infer< typeof job >;

/**
 * `GET /jobs`: newest first, what the caller may not see is left out. Three questions, one answer:
 * `?open_for=` (what the editor of a post has to know of) and `?ids=` bring texts and no cursor;
 * filters bring pages without texts. A page may hold less than it could, even nothing: only a null cursor is the end.
 */
export const jobList = z.strictObject( { items: z.array( job ), next_cursor: z.nullable( z.string() ) } );
export type JobList = z.infer< typeof jobList >;
