import type { ErrorCode } from '@draftkeeper/contract';
import type { Clock } from '../clock.ts';
import { waitUnlessAborted } from '../clock.ts';
import type { Operation } from '../observability/gen-ai.ts';
import { newSpanId, traceparent, type Trace } from '../observability/trace.ts';
import type { AnswerNames } from './answer-names.ts';
import type { Pass } from './gate.ts';
import { costMicros, type Model, type Target } from './models.ts';
import type { EmbeddingAnswer, EmbeddingRequest, ModelAnswer, ModelRequest } from './provider.ts';
import { nextInOrder, type Place, type Route } from './route.ts';
import { ProviderError, unknownUsage, type TokenUsage } from './text-provider.ts';

/** One call to a provider, for the books: filed also when it failed or was called off. */
export type CallRecord = AnswerNames & {
	target: Target;
	span_id: string;
	status: 'succeeded' | 'failed' | 'canceled';
	error_code: ErrorCode | null;
	/** Why the answer ended, where there is one. */
	finish_reason?: string;
	usage: TokenUsage;
	/** Null is unknown. */
	cost_micros: number | null;
	provider_ms: number;
	/** It failed, or nobody waited for its end, and it may have been charged all the same. */
	may_be_billed: boolean;
};

export type CallModelDeps = {
	clock: Clock;
	random: () => number;
	/** What providers are asked to do; left out: `chat`. */
	operation?: Operation;
	/** What the calls belong to. */
	trace?: Trace;
	/** Hears of every call to a provider that this request has cost. */
	onCall?: ( call: CallRecord ) => void;
};

/** After this, somebody who waits would rather hear of the failure than of another try. */
const RETRY_WINDOW_MS = 20_000;
const BASE_DELAY_MS = 500;
/** Times that one request goes along the whole route. */
const MAX_ROUNDS = 2;
/** For a request that finds every place on the route taken. */
const FULL_RETRY_MS = 1_000;

/** Answers along the model's route, for somebody who waits. Throws `ProviderError`, or whatever the signal was aborted with. */
export function callModel( deps: CallModelDeps, model: Model, request: Omit< ModelRequest, 'model' > ): Promise< ModelAnswer > {
	const { onPart } = request;
	return alongRoute( deps, model.route, request.signal, ( target, progress ) => target.provider.call( {
		...request,
		...progress.headers,
		model: target.upstream_model,
		onUsage( usage ) {
			progress.usage = usage;
			request.onUsage?.( usage );
		},
		...( onPart === undefined ? {} : {
			onPart( part ) {
				progress.pass.answers();
				progress.isRead = true;
				return onPart( part );
			},
		} ),
	} ) );
}

/** Embeds along the model's route, for somebody who waits. */
export function embedWithModel( deps: CallModelDeps, model: Model, request: Omit< EmbeddingRequest, 'model' > ): Promise< EmbeddingAnswer > {
	return alongRoute(
		{ ...deps, operation: 'embeddings' }, model.route, request.signal, ( target, { headers } ) => target.provider.embed( { ...request, ...headers, model: target.upstream_model } )
	);
}

type Progress = {
	pass: Pass;
	headers: { traceparent?: string };
	usage: TokenUsage;
	/** The reader has seen a part of this answer: no other may follow it. */
	isRead: boolean;
};

type Call< T > = ( target: Target, progress: Progress ) => Promise< T >;

type Answer = AnswerNames & { usage: TokenUsage; finish_reason?: string };

async function alongRoute< T extends Answer >( deps: CallModelDeps, route: Route, signal: AbortSignal, call: Call< T > ): Promise< T > {
	const startedAt = deps.clock.steady();
	let mayComeBack = false;
	for ( let calls = 1, index = 0; ; calls++ ) {
		const place = nextFree( route, index );
		const outcome = await callOnce( deps, place, signal, call );
		if ( ! ( 'failure' in outcome ) ) {
			return outcome.answer;
		}
		const { failure } = outcome;
		const isEndOfRound = calls % route.length === 0;
		mayComeBack ||= failure.isRetryable;
		if ( outcome.isRead || ! failure.mayFailOver || calls >= MAX_ROUNDS * route.length || ( isEndOfRound && ! mayComeBack ) ) {
			throw failure;
		}
		index = place.index + 1;
		if ( isEndOfRound ) {
			const delayMs = Math.max( failure.retryAfterMs ?? 0, Math.round( BASE_DELAY_MS * ( 0.5 + deps.random() ) ) );
			if ( deps.clock.steady() + delayMs > startedAt + RETRY_WINDOW_MS ) {
				throw failure;
			}
			await waitUnlessAborted( deps.clock, delayMs, signal );
		}
	}
}

/** The first place from `index` on that can take a call now. */
function nextFree( route: Route, index: number ): Place {
	let soonest = Infinity;
	for ( let step = 0; step < route.length; step++ ) {
		const place = nextInOrder( route, index + step );
		if ( place !== null && ! place.target.gate.isFull( 'request' ) ) {
			return place;
		}
		soonest = Math.min( soonest, route[ step ]?.gate.opensIn() ?? Infinity );
	}
	const isFull = nextInOrder( route, 0 ) !== null;
	throw isFull
		? new ProviderError( 'provider_busy', { isRetryable: true, retryAfterMs: FULL_RETRY_MS } )
		: new ProviderError( 'provider_unavailable', { isRetryable: true, retryAfterMs: soonest } );
}

type Outcome< T > = { answer: T } | { failure: ProviderError; isRead: boolean };

async function callOnce< T extends Answer >(
	deps: CallModelDeps, { target }: Place, signal: AbortSignal, call: Call< T >
): Promise< Outcome< T > > {
	const pass = target.gate.enter( 'request', deps.operation );
	const span_id = newSpanId();
	const headers = deps.trace === undefined ? {} : { traceparent: traceparent( deps.trace, span_id ) };
	const progress: Progress = { pass, headers, usage: unknownUsage, isRead: false };
	const startedAt = deps.clock.steady();
	const file = ( end: Omit< CallRecord, 'target' | 'span_id' | 'cost_micros' | 'provider_ms' > ) => deps.onCall?.( {
		target, span_id, ...end, cost_micros: costMicros( target.prices, end.usage ), provider_ms: deps.clock.steady() - startedAt,
	} );
	try {
		const answer = await call( target, progress );
		pass.end( null );
		file( { status: 'succeeded', error_code: null, may_be_billed: true, ...toldBy( answer ) } );
		return { answer };
	} catch ( error ) {
		if ( error instanceof ProviderError && ! signal.aborted ) {
			pass.end( error );
			file( { status: 'failed', error_code: error.code, usage: error.usage, may_be_billed: error.mayBeBilled } );
			return { failure: error, isRead: progress.isRead };
		}
		pass.abandon( true );
		const end = signal.aborted ? { status: 'canceled', error_code: null } as const : { status: 'failed', error_code: 'internal_error' } as const;
		file( { ...end, usage: progress.usage, may_be_billed: true } );
		throw error;
	}
}

function toldBy( { usage, finish_reason, response_id, response_model }: Answer ): Pick< CallRecord, keyof Answer > {
	return {
		usage,
		...( finish_reason === undefined ? {} : { finish_reason } ),
		...( response_id === undefined ? {} : { response_id } ),
		...( response_model === undefined ? {} : { response_model } ),
	};
}
