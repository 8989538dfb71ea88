import { CONTRACT_VERSION, webhookReceipt, type FinishedJob, type Webhook } from '@draftkeeper/contract';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { newSpanId, traceOfRequest, traceparent } from '../observability/trace.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { Site } from '../sites/site.ts';
import { nextTryAt } from './delivery-schedule.ts';
import type { DeliveryVerdict, DueDelivery } from './delivery-store.ts';
import type { PostWebhook, WebhookAnswer } from './post-webhook.ts';
import { signWebhook } from './sign-webhook.ts';

export type DeliverResultDeps = { post: PostWebhook; clock: Clock; random: () => number };

const MAX_REASON_LENGTH = 100;

/** Tries once to bring a result to its site, and says what follows from the answer. */
export async function deliverResult(
	{ post, clock, random }: DeliverResultDeps, site: Site, delivery: DueDelivery, span_id = newSpanId()
): Promise< DeliveryVerdict > {
	const body = webhookBody( delivery.finished );
	const headers = {
		...signWebhook( { id: delivery.id, timestamp: Math.floor( clock.now() / 1000 ), body, secrets: site.webhook_secrets } ),
		'x-request-id': delivery.finished.request_id,
		traceparent: traceparent( traceOfRequest( delivery.finished.request_id ), span_id ),
	};
	let answer: WebhookAnswer | null = null;
	let failure: string;
	try {
		answer = await post( site, headers, body );
		if ( isReceipt( answer, delivery.id ) ) {
			return { then: 'acknowledged' };
		}
		failure = `http ${ answer.status }`;
		if ( isRefusal( answer ) ) {
			return { then: 'dead', failure: 'unknown_job' };
		}
	} catch ( error ) {
		failure = describeFailure( error );
	}
	const asksToWait = answer !== null && ( answer.status === 429 || answer.status === 503 );
	const at = nextTryAt( {
		tries: delivery.tries + 1,
		retryAfterMs: asksToWait ? readRetryAfter( answer?.retryAfter, clock.now() ) : null,
		now: clock.now(),
		random: random(),
	} );
	return at === null ? { then: 'dead', failure } : { then: 'retry', at, failure };
}

function webhookBody( finished: FinishedJob ): string {
	const event: Webhook = { type: 'job.finished', timestamp: finished.finished_at, contract_version: CONTRACT_VERSION, data: finished };
	return JSON.stringify( event );
}

/** A 200 alone proves nothing: firewalls, caches and parked domains send it too. */
function isReceipt( { status, body }: WebhookAnswer, id: string ): boolean {
	const receipt = webhookReceipt.safeParse( parseJson( body ) );
	return status === 200 && receipt.success && receipt.data.received === id;
}

const refusal = z.object( { code: z.literal( 'unknown_job' ) } );

function isRefusal( { body }: WebhookAnswer ): boolean {
	return refusal.safeParse( parseJson( body ) ).success;
}

function parseJson( text: string ): unknown {
	try {
		return JSON.parse( text );
	} catch {
		return undefined;
	}
}

/** The code of a network error, never a message: it may quote an address or an answer. */
function describeFailure( error: unknown ): string {
	for ( let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++ ) {
		const { code } = cause as { code?: unknown };
		if ( typeof code === 'string' ) {
			return code.slice( 0, MAX_REASON_LENGTH );
		}
		if ( cause.message === 'time-out' ) {
			return 'time-out';
		}
	}
	return 'no answer';
}
