import * as z from 'zod/mini';
import { problem } from './errors.ts';
import { count, pattern, positive, requestId, slug, text, utcTime, uuid } from './primitives.ts';
import { attemptStatus } from './usage.ts';
import { task } from './tasks.ts';

/** The claims of the token that WordPress signs for each request to the gateway (JWT, ES256, `typ: draftkeeper+jwt`). */
export const tokenClaims = z.object( {
	/** Site id. */
	iss: slug,
	/** Blog id; the tenant is `iss:bid`. */
	bid: positive,
	/** `home_url()`; another one than the registered is answered 409 `site_moved`. */
	home: z.string(),
	/** The gateway's origin. */
	aud: z.string(),
	/** Pseudonym of the user, or of the site where no user is behind the request. */
	sub: z.string(),
	/** Method and URL of the request, as in RFC 9449. */
	htm: z.string(),
	htu: z.string(),
	/** base64url( SHA-256( raw body ) ), of the empty string where there is none. */
	bh: pattern( /^[A-Za-z0-9_-]{43}$/ ),
	iat: count,
	exp: count,
	jti: pattern( /^[A-Za-z0-9_-]{16,64}$/ ),
} );
export type TokenClaims = z.infer< typeof tokenClaims >;

export const message = z.object( {
	role: z.enum( [ 'system', 'user' ] ),
	content: text( 1, 8000 ),
} );
export type Message = z.infer< typeof message >;

/** Everything that the gateway has to know of a job. */
const offered = {
	uuid,
	task,
	/** Null: the tenant's default model. */
	model: z.nullable( slug ),
	messages: z.array( message ).check( z.minLength( 1 ), z.maxLength( 10 ) ),
	temperature: z.number().check( z.gte( 0 ), z.lte( 2 ) ),
	max_output_tokens: positive,
	/** A text that was written before for the same request is not wanted, only a new one. */
	cache: z.optional( z.enum( [ 'bypass' ] ) ),
	request_id: requestId,
	expires_at: utcTime,
};

/** `POST /v1/jobs`: the whole job; the gateway keeps (tenant, uuid) and does it once. */
export const offer = z.object( { contract_version: positive, ...offered } );
export type Offer = z.infer< typeof offer >;

/** One call of a provider, as the gateway reports it. A call whose outcome a crash hid is `failed` with `worker_lost`. */
export const attempt = z.object( {
	attempt: positive,
	provider: z.string(),
	model: z.string(),
	status: attemptStatus,
	/** An error code of this contract; WordPress files one it does not know as `internal_error`. */
	error_code: z.nullable( z.string() ),
	tokens_in: z.nullable( count ),
	tokens_out: z.nullable( count ),
	cost_micros: z.nullable( count ),
	cached: z.boolean(),
	queue_ms: z.nullable( count ),
	provider_ms: z.nullable( count ),
	started_at: utcTime,
} );
export type Attempt = z.infer< typeof attempt >;

/** How a job ended. `text` is what the provider wrote, unsanitized. */
export const outcome = z.discriminatedUnion( 'status', [
	z.object( { status: z.literal( 'succeeded' ), text: text( 0, 60000 ), sample: z.boolean() } ),
	z.object( { status: z.literal( 'failed' ), code: z.string(), message: z.string() } ),
	z.object( { status: z.literal( 'canceled' ) } ),
] );
export type Outcome = z.infer< typeof outcome >;

/** Everything WordPress records when a job has ended: the `data` of the webhook, and what a pull brings. */
export const finishedJob = z.object( {
	uuid,
	request_id: requestId,
	outcome,
	attempts: z.array( attempt ).check( z.maxLength( 100 ) ),
	maybe_billed_twice: z.boolean(),
	finished_at: utcTime,
} );
export type FinishedJob = z.infer< typeof finishedJob >;

export const gatewayStates = [ 'queued', 'running', 'succeeded', 'failed', 'canceled' ] as const;

/** A job as the gateway answers it. `finished` is null while it is queued or running. */
export const gatewayJob = z.object( {
	contract_version: positive,
	uuid,
	state: z.enum( gatewayStates ),
	/** Queued for later: the provider does not answer or has too much to do, or the gateway holds it back (its site is switched off, nobody can moderate). */
	put_off: z.optional( z.boolean() ),
	finished: z.nullable( finishedJob ),
} );
export type GatewayJob = z.infer< typeof gatewayJob >;

/**
 * `POST /v1/jobs/batch`: jobs of several users in one request, whose body may not be longer than that of one. The token is the site's own;
 * `sub` is the pseudonym of each job's user. The gateway stores those that it takes together.
 */
export const offerBatch = z.object( {
	contract_version: positive,
	offers: z.array( z.object( { ...offered, sub: z.string() } ) ).check( z.minLength( 1 ), z.maxLength( 25 ) ),
} );
export type OfferBatch = z.infer< typeof offerBatch >;

/** What `POST /v1/jobs` would have answered to each offer, in their order: 202 and the job, or a refusal of this one alone. */
export const offerBatchAnswer = z.object( {
	contract_version: positive,
	answers: z.array( z.object( { uuid, status: positive, job: z.nullable( gatewayJob ), problem: z.nullable( problem ) } ) ),
} );
export type OfferBatchAnswer = z.infer< typeof offerBatchAnswer >;

/** `GET /v1/jobs?ids=a,b`, at most 100. `unknown` are ids that the gateway has never accepted for this tenant. */
export const gatewayJobs = z.object( {
	contract_version: positive,
	jobs: z.array( gatewayJob ),
	unknown: z.array( uuid ),
} );
export type GatewayJobs = z.infer< typeof gatewayJobs >;

/** The body of `POST /draftkeeper/v1/webhooks/gateway`, a Standard Webhooks event. */
export const webhook = z.object( {
	type: z.literal( 'job.finished' ),
	timestamp: utcTime,
	contract_version: positive,
	data: finishedJob,
} );
export type Webhook = z.infer< typeof webhook >;

/** The only acknowledgement: the `webhook-id` of the delivery. */
export const webhookReceipt = z.strictObject( { received: text( 1, 100 ) } );

/**
 * What the gateway's answer to an offer means for the job. The first row that fits counts.
 * `status` 0 is "no answer", null fits any; `code` null fits any body, '*' a body with one of our codes, '' one without:
 * a proxy or firewall in between must not fail a job.
 */
export const offerAnswers = [
	{ status: 202, code: null, then: 'running', wait_reason: null },
	{ status: 0, code: null, then: 'wait', wait_reason: 'gateway_unreachable' },
	{ status: 401, code: null, then: 'wait', wait_reason: 'gateway_refused_signature' },
	{ status: 408, code: null, then: 'wait', wait_reason: 'gateway_unreachable' },
	{ status: 429, code: null, then: 'wait', wait_reason: 'gateway_busy' },
	{ status: 503, code: 'site_disabled', then: 'wait', wait_reason: 'gateway_disabled' },
	{ status: 503, code: null, then: 'wait', wait_reason: 'gateway_busy' },
	{ status: 404, code: '', then: 'wait', wait_reason: 'gateway_not_found' },
	{ status: 409, code: 'contract_unsupported', then: 'wait', wait_reason: 'contract_unsupported' },
	{ status: 409, code: 'site_moved', then: 'wait', wait_reason: 'site_moved' },
	{ status: 400, code: '*', then: 'failed', wait_reason: null },
	{ status: 402, code: '*', then: 'failed', wait_reason: null },
	{ status: 403, code: '*', then: 'failed', wait_reason: null },
	{ status: 404, code: '*', then: 'failed', wait_reason: null },
	{ status: 409, code: '*', then: 'failed', wait_reason: null },
	{ status: 413, code: null, then: 'failed', wait_reason: null },
	{ status: 422, code: '*', then: 'failed', wait_reason: null },
	{ status: null, code: null, then: 'wait', wait_reason: 'gateway_error' },
] as const;

