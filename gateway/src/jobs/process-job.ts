import type { ErrorCode } from '@draftkeeper/contract';
import { wait, type Clock } from '../clock.ts';
import { unreachable } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { costMicros, type Model, type Models } from '../providers/models.ts';
import { ProviderError, type TextResult } from '../providers/text-provider.ts';
import { failedOutcome } from './failure-messages.ts';
import type { AttemptEnd, ClaimedJob, JobStore, NextStep } from './job-store.ts';
import { nextAttemptAt } from './retry-policy.ts';

export type ProcessJobDeps = {
	store: JobStore;
	models: Models;
	clock: Clock;
	random: () => number;
	logger: Logger;
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
	const model = deps.models.get( job.model );
	if ( model === undefined ) {
		return store.settle( job, null, { then: 'finish', outcome: failedOutcome( 'model_not_allowed' ) }, clock.now() );
	}
	const started_at = clock.now();
	const attempt = await store.startAttempt( job, {
		provider: model.provider_name,
		model: model.id,
		queue_ms: Math.max( 0, started_at - job.runnable_since ),
		started_at,
	} );
	if ( attempt === 'ended' || attempt === null ) {
		return attempt ?? 'ignored';
	}

	const { end, next } = await callProvider( deps, job, model, attempt, signal );
	end.provider_ms = clock.now() - started_at;
	deps.logger.info( {
		request_id: job.request_id, tenant: job.tenant, job: job.uuid, attempt, provider: model.provider_name, model: model.id, ...end,
	}, 'provider call ended' );
	return settlePatiently( deps, job, { number: attempt, end }, next );
}

type Called = { end: AttemptEnd; next: NextStep };

async function callProvider( deps: ProcessJobDeps, job: ClaimedJob, model: Model, attempt: number, signal: AbortSignal ): Promise< Called > {
	try {
		const result = await model.provider.generate( {
			model: model.upstream_model,
			messages: job.request.messages,
			temperature: job.request.temperature,
			maxOutputTokens: job.request.max_output_tokens,
			seed: job.uuid,
			signal,
		} );
		return afterSuccess( model, result );
	} catch ( error ) {
		if ( signal.aborted ) {
			return afterStop( signal.reason as StopReason, deps.clock.now() );
		}
		return afterFailure( deps, job, model, attempt, error );
	}
}

function afterSuccess( model: Model, { text, sample, tokens_in, tokens_out }: TextResult ): Called {
	return {
		end: {
			status: 'succeeded', error_code: null, tokens_in, tokens_out, cost_micros: costMicros( model, { tokens_in, tokens_out } ), provider_ms: null,
		},
		next: { then: 'finish', outcome: { status: 'succeeded', text, sample } },
	};
}

const unknownUsage = { tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: null };

function afterStop( reason: StopReason, now: number ): Called {
	switch ( reason ) {
		case 'canceled':
		case 'ended':
			return { end: { status: 'canceled', error_code: null, ...unknownUsage }, next: { then: 'finish', outcome: { status: 'canceled' } } };
		case 'shutdown':
			return { end: { status: 'failed', error_code: 'worker_lost', ...unknownUsage }, next: { then: 'retry', at: now, maybe_billed: true } };
		default:
			throw unreachable( reason );
	}
}

function afterFailure( deps: ProcessJobDeps, job: ClaimedJob, model: Model, attempt: number, error: unknown ): Called {
	const failure = error instanceof ProviderError ? error : null;
	if ( failure === null ) {
		deps.logger.error( { request_id: job.request_id, tenant: job.tenant, job: job.uuid, err: error }, 'provider failed in an unforeseen way' );
	}
	const code: ErrorCode = failure?.code ?? 'internal_error';
	const usage = failure?.usage ?? { tokens_in: null, tokens_out: null };
	const at = nextAttemptAt( {
		attempt,
		isRetryable: failure?.isRetryable ?? false,
		retryAfterMs: failure?.retryAfterMs ?? null,
		now: deps.clock.now(),
		expires_at: job.expires_at,
		random: deps.random(),
	} );
	return {
		end: { status: 'failed', error_code: code, ...usage, cost_micros: costMicros( model, usage ), provider_ms: null },
		next: at === null
			? { then: 'finish', outcome: failedOutcome( code ) }
			: { then: 'retry', at, maybe_billed: failure?.mayBeBilled ?? false },
	};
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
