import type { ErrorCode } from '@draftkeeper/contract';
import { unreachable } from '../errors.ts';
import type { Told } from '../observability/gen-ai.ts';
import { traceOfRequest, traceparent } from '../observability/trace.ts';
import { FREE } from '../policy/cache/response-cache.ts';
import type { MadeText } from '../policy/job-policy.ts';
import type { Pass } from '../providers/gate.ts';
import { costMicros, type Model, type Target } from '../providers/models.ts';
import { nextInOrder, type Place } from '../providers/route.ts';
import { ProviderError, unknownUsage, type TokenUsage } from '../providers/text-provider.ts';
import { StreamWriter } from '../streams/stream-writer.ts';
import { failedOutcome } from './failure-messages.ts';
import type { AttemptEnd, ClaimedJob, NextStep } from './job-store.ts';
import type { ProcessJobDeps, StopReason } from './process-job.ts';
import { nextAttempt } from './retry-policy.ts';

type Called = { end: AttemptEnd; next: NextStep; told?: Told };

/** A call that is about to be made: where, with whose leave, its number and its span. */
export type JobCall = { job: ClaimedJob; model: Model; place: Place; pass: Pass; attempt: number; span_id: string };

/** Makes the call and says how it ended and what comes next. Never throws. */
export async function callForJob( deps: ProcessJobDeps, call: JobCall, signal: AbortSignal ): Promise< Called > {
	const { job, place: { target }, pass, attempt, span_id } = call;
	const { streams, clock } = deps;
	const writer = streams === undefined ? null : new StreamWriter( { streams, clock }, job, attempt );
	let usage = unknownUsage;
	// A job may wait for the answer that another one is being given: that is no call, and costs nothing, however it ends.
	let isCalled = false;
	try {
		const result = await deps.policy.generate( job, {
			model: target.upstream_model,
			messages: job.request.messages,
			temperature: job.request.temperature,
			maxOutputTokens: job.request.max_output_tokens,
			seed: job.uuid,
			signal,
			traceparent: traceparent( traceOfRequest( job.request_id ), span_id ),
			onUsage: ( told ) => ( usage = told ),
			onText( delta ) {
				pass.answers();
				writer?.write( delta );
			},
		}, ( request ) => {
			isCalled = true;
			return target.provider.generate( request );
		} );
		if ( result.cached === true ) {
			// Says nothing about how the provider does.
			pass.abandon( false );
		} else {
			pass.end( null );
		}
		return afterSuccess( target, result );
	} catch ( error ) {
		if ( signal.aborted ) {
			pass.abandon( isCalled );
			return afterStop( target, signal.reason as StopReason, isCalled ? usage : FREE, deps.clock.now() );
		}
		if ( isCalled ) {
			pass.end( error );
		} else {
			pass.abandon( false );
		}
		return afterFailure( deps, call, error, isCalled );
	} finally {
		writer?.flush();
	}
}

function afterSuccess( target: Target, { text, sample, cached, ...usage }: MadeText ): Called {
	return {
		end: { status: 'succeeded', error_code: null, ...costOf( target, usage ), ...( cached === true ? { cached, cost_micros: 0 } : {} ) },
		next: { then: 'finish', outcome: { status: 'succeeded', text, sample } },
		told: usage,
	};
}

function afterStop( target: Target, reason: StopReason, usage: TokenUsage, now: number ): Called {
	switch ( reason ) {
		case 'canceled':
		case 'ended':
			return { end: { status: 'canceled', error_code: null, ...costOf( target, usage ) }, next: { then: 'finish', outcome: { status: 'canceled' } } };
		case 'shutdown':
			return {
				end: { status: 'failed', error_code: 'worker_lost', ...costOf( target, usage ) },
				next: { then: 'retry', at: now, maybe_billed: usage !== FREE },
			};
		default:
			throw unreachable( reason );
	}
}

function afterFailure( deps: ProcessJobDeps, call: JobCall, error: unknown, wasCalled: boolean ): Called {
	const { job, model: { route }, place: { target, index }, attempt } = call;
	const failure = error instanceof ProviderError ? error : null;
	if ( failure === null ) {
		deps.logger.error( { request_id: job.request_id, tenant: job.tenant, job: job.uuid, err: error }, 'provider failed in an unforeseen way' );
	}
	const code: ErrorCode = failure?.code ?? 'internal_error';
	const other = failure?.mayFailOver === true ? nextInOrder( route, index + 1 ) : null;
	const next = nextAttempt( {
		attempt,
		routeLength: route.length,
		index,
		otherIndex: other === null || other.index === index ? null : other.index,
		isRetryable: failure?.isRetryable ?? false,
		retryAfterMs: failure?.retryAfterMs ?? null,
		now: deps.clock.now(),
		expires_at: job.expires_at,
		random: deps.random(),
	} );
	return {
		end: { status: 'failed', error_code: code, ...costOf( target, wasCalled ? failure?.usage ?? unknownUsage : FREE ) },
		next: next === null
			? { then: 'finish', outcome: failedOutcome( code ) }
			: { then: 'retry', ...next, maybe_billed: wasCalled && ( failure?.mayBeBilled ?? false ) },
	};
}

/** What a call has used, as far as the provider told; the time it took is filled in where it ends. */
function costOf( { prices }: Target, usage: TokenUsage ): Pick< AttemptEnd, 'tokens_in' | 'tokens_out' | 'cost_micros' | 'provider_ms' > {
	return { tokens_in: usage.tokens_in, tokens_out: usage.tokens_out, cost_micros: costMicros( prices, usage ), provider_ms: null };
}
