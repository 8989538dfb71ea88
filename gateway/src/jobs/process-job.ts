import type { ErrorCode } from '@draftkeeper/contract';
import { wait, type Clock } from '../clock.ts';
import { unreachable } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { JobPolicy } from '../policy/job-policy.ts';
import { costMicros, type Models, type Target } from '../providers/models.ts';
import { ProviderError, unknownUsage, type TextResult, type TokenUsage } from '../providers/text-provider.ts';
import type { StreamStore } from '../streams/stream-store.ts';
import { StreamWriter } from '../streams/stream-writer.ts';
import { failedOutcome } from './failure-messages.ts';
import type { AttemptEnd, ClaimedJob, JobStore, NextStep } from './job-store.ts';
import { attemptsAllowed, nextAttemptAt } from './retry-policy.ts';

export type ProcessJobDeps = {
	store: JobStore;
	models: Models;
	policy: JobPolicy;
	clock: Clock;
	random: () => number;
	logger: Logger;
	/** Where a text can be watched while it is written. Absent: nowhere. */
	streams?: StreamStore;
};

/** Why a call is called off: the reason of the abort signal. */
export type StopReason =
	/** The user does not want the text any more. */
	| 'canceled'
	/** Another worker has brought the result. */
	| 'ended'
	/** This process is closing and cannot wait for the text. */
	| 'shutdown';

type Ending = 'ended' | 'queued' | 'ignored';

/** A text that is paid for is not given up because the disk is full for a moment. */
const SETTLE_TRIES = 30;
const SETTLE_PAUSE_MS = 2_000;

/** Makes one provider call for a leased job and files how it ended. The signal is aborted with a `StopReason`. */
export async function processJob( deps: ProcessJobDeps, job: ClaimedJob, signal: AbortSignal ): Promise< Ending > {
	const { store, clock } = deps;
	const instead = await deps.policy.before( job );
	if ( instead !== null ) {
		return store.settle( job, null, instead, clock.now() );
	}
	const model = deps.models.get( job.model );
	if ( model === undefined ) {
		return store.settle( job, null, { then: 'finish', outcome: failedOutcome( 'model_not_allowed' ) }, clock.now() );
	}
	if ( job.attempts >= attemptsAllowed( model.route.length ) ) {
		return store.settle( job, null, { then: 'finish', outcome: failedOutcome( 'worker_lost' ) }, clock.now() );
	}
	const [ target ] = model.route;
	const started_at = clock.now();
	const attempt = await store.startAttempt( job, {
		provider: target.provider_name,
		model: model.id,
		queue_ms: Math.max( 0, started_at - job.runnable_since ),
		started_at,
	} );
	if ( attempt === 'ended' || attempt === null ) {
		return attempt ?? 'ignored';
	}

	const { end, next } = await callProvider( deps, job, target, attempt, signal );
	end.provider_ms = clock.now() - started_at;
	deps.logger.info( {
		request_id: job.request_id, tenant: job.tenant, job: job.uuid, attempt, provider: target.provider_name, model: model.id, ...end,
	}, 'provider call ended' );
	const ending = await settlePatiently( deps, job, { number: attempt, end }, next );
	if ( ending === 'ended' ) {
		deps.streams?.end( job );
	}
	return ending;
}

type Called = { end: AttemptEnd; next: NextStep };

async function callProvider( deps: ProcessJobDeps, job: ClaimedJob, target: Target, attempt: number, signal: AbortSignal ): Promise< Called > {
	const { streams, clock } = deps;
	const writer = streams === undefined ? null : new StreamWriter( { streams, clock }, job, attempt );
	let usage = unknownUsage;
	try {
		const result = await target.provider.generate( {
			model: target.upstream_model,
			messages: job.request.messages,
			temperature: job.request.temperature,
			maxOutputTokens: job.request.max_output_tokens,
			seed: job.uuid,
			signal,
			onUsage: ( told ) => ( usage = told ),
			...( writer === null ? {} : { onText: ( delta: string ) => writer.write( delta ) } ),
		} );
		return afterSuccess( target, result );
	} catch ( error ) {
		if ( signal.aborted ) {
			return afterStop( target, signal.reason as StopReason, usage, deps.clock.now() );
		}
		return afterFailure( deps, job, target, attempt, error );
	} finally {
		writer?.flush();
	}
}

function afterSuccess( target: Target, { text, sample, ...usage }: TextResult ): Called {
	return {
		end: { status: 'succeeded', error_code: null, ...costOf( target, usage ) },
		next: { then: 'finish', outcome: { status: 'succeeded', text, sample } },
	};
}

function afterStop( target: Target, reason: StopReason, usage: TokenUsage, now: number ): Called {
	switch ( reason ) {
		case 'canceled':
		case 'ended':
			return { end: { status: 'canceled', error_code: null, ...costOf( target, usage ) }, next: { then: 'finish', outcome: { status: 'canceled' } } };
		case 'shutdown':
			return { end: { status: 'failed', error_code: 'worker_lost', ...costOf( target, usage ) }, next: { then: 'retry', at: now, maybe_billed: true } };
		default:
			throw unreachable( reason );
	}
}

function afterFailure( deps: ProcessJobDeps, job: ClaimedJob, target: Target, attempt: number, error: unknown ): Called {
	const failure = error instanceof ProviderError ? error : null;
	if ( failure === null ) {
		deps.logger.error( { request_id: job.request_id, tenant: job.tenant, job: job.uuid, err: error }, 'provider failed in an unforeseen way' );
	}
	const code: ErrorCode = failure?.code ?? 'internal_error';
	const at = nextAttemptAt( {
		attempt,
		allowed: attemptsAllowed( 1 ),
		isRetryable: failure?.isRetryable ?? false,
		retryAfterMs: failure?.retryAfterMs ?? null,
		now: deps.clock.now(),
		expires_at: job.expires_at,
		random: deps.random(),
	} );
	return {
		end: { status: 'failed', error_code: code, ...costOf( target, failure?.usage ?? unknownUsage ) },
		next: at === null
			? { then: 'finish', outcome: failedOutcome( code ) }
			: { then: 'retry', at, maybe_billed: failure?.mayBeBilled ?? false },
	};
}

/** What a call has used, as far as the provider told; the time it took is filled in where it ends. */
function costOf( { prices }: Target, usage: TokenUsage ): Pick< AttemptEnd, 'tokens_in' | 'tokens_out' | 'cost_micros' | 'provider_ms' > {
	return { tokens_in: usage.tokens_in, tokens_out: usage.tokens_out, cost_micros: costMicros( prices, usage ), provider_ms: null };
}

async function settlePatiently(
	{ store, clock, logger }: ProcessJobDeps, job: ClaimedJob, attempt: { number: number; end: AttemptEnd }, next: NextStep
): Promise< Ending > {
	for ( let tries = 1; ; tries++ ) {
		try {
			return await store.settle( job, attempt, next, clock.now() );
		} catch ( error ) {
			logger.error( { request_id: job.request_id, tenant: job.tenant, job: job.uuid, tries, err: error }, 'result could not be stored' );
			if ( tries >= SETTLE_TRIES ) {
				throw error;
			}
			await wait( clock, SETTLE_PAUSE_MS );
		}
	}
}
