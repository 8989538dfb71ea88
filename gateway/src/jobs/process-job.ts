import { wait, type Clock } from '../clock.ts';
import { genAiFields } from '../observability/gen-ai.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import { newSpanId } from '../observability/trace.ts';
import type { JobPolicy } from '../policy/job-policy.ts';
import type { Pass } from '../providers/gate.ts';
import type { Model, Models } from '../providers/models.ts';
import { nextInOrder, queueUpAlong, type Place } from '../providers/route.ts';
import type { StreamStore } from '../streams/stream-store.ts';
import { failedOutcome } from './failure-messages.ts';
import type { AttemptEnd, ClaimedJob, JobStore, NextStep } from './job-store.ts';
import { callForJob } from './provider-call.ts';
import { attemptsAllowed } from './retry-policy.ts';

export type ProcessJobDeps = {
	store: JobStore;
	models: Models;
	policy: JobPolicy;
	clock: Clock;
	random: () => number;
	logger: Logger;
	meter?: Meter;
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
	const model = deps.models.get( job.model );
	// Asked first, and again below: the rules may ask a service over the network, which a job that cannot be called now need not wait for.
	const instead = ( model === undefined ? null : waitForPlace( model, job ) ) ?? await deps.policy.before( job );
	if ( instead !== null ) {
		return store.settle( job, null, instead, clock.now() );
	}
	if ( model === undefined ) {
		return store.settle( job, null, { then: 'finish', outcome: failedOutcome( 'model_not_allowed' ) }, clock.now() );
	}
	if ( job.attempts >= attemptsAllowed( model.route.length ) ) {
		return store.settle( job, null, { then: 'finish', outcome: failedOutcome( 'worker_lost' ) }, clock.now() );
	}
	const place = nextInOrder( model.route, job.route_index );
	const later = waitForPlace( model, job );
	if ( place === null || later !== null ) {
		return store.settle( job, null, later ?? { then: 'retry', at: clock.now(), maybe_billed: false }, clock.now() );
	}
	const { target } = place;
	const pass = target.gate.enter( 'job' );
	const begunAt = clock.steady();
	const attempt = await beginAttempt( deps, job, model, place, pass );
	if ( typeof attempt !== 'number' ) {
		return attempt;
	}

	const span_id = newSpanId();
	const { end, next, told } = await callForJob( deps, { job, model, place, pass, attempt, span_id }, signal );
	end.provider_ms = clock.steady() - begunAt;
	deps.logger.info( {
		request_id: job.request_id, span_id, tenant: job.tenant, job: job.uuid, attempt,
		status: end.status, cost_micros: end.cost_micros, provider_ms: end.provider_ms,
		model: model.id,
		...genAiFields( {
			operation: 'chat', target, max_tokens: job.request.max_output_tokens, temperature: job.request.temperature, ...told, ...end,
		} ),
	}, 'provider call ended' );
	deps.meter?.used( { tenant: job.tenant, provider: target.provider_name, model: model.id, ...end, call: end.cached === true ? null : { operation: 'chat', target } } );
	const ending = await settlePatiently( deps, job, { number: attempt, end }, next );
	await deps.policy.after( job, { number: attempt, end }, ending === 'ended' );
	if ( ending === 'ended' ) {
		deps.streams?.end( job );
	}
	return ending;
}

/** When to look again, where no place on the route can take a call now. No attempt is used up. */
function waitForPlace( { route }: Model, { route_index, expires_at }: ClaimedJob ): NextStep | null {
	const place = nextInOrder( route, route_index );
	if ( place !== null && ! place.target.gate.isFull( 'job' ) ) {
		return null;
	}
	const at = place === null ? queueUpAlong( route, 'job' ) : place.target.gate.queueUp( 'job' );
	return { then: 'retry', at: Math.min( at, expires_at ), maybe_billed: false };
}

/** Files the call before it is made; the leave to make it is given back where that cannot be. */
async function beginAttempt( { store, clock }: ProcessJobDeps, job: ClaimedJob, model: Model, { target }: Place, pass: Pass ): Promise< number | Ending > {
	try {
		const started_at = clock.now();
		const attempt = await store.startAttempt( job, {
			provider: target.provider_name,
			model: model.id,
			queue_ms: Math.max( 0, started_at - job.runnable_since ),
			started_at,
		} );
		if ( typeof attempt === 'number' ) {
			return attempt;
		}
		pass.abandon( false );
		return attempt ?? 'ignored';
	} catch ( error ) {
		pass.abandon( false );
		throw error;
	}
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
