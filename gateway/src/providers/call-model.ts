import type { ErrorCode } from '@draftkeeper/contract';
import type { Clock } from '../clock.ts';
import { costMicros, type Model, type Target } from './models.ts';
import type { EmbeddingAnswer, EmbeddingRequest, ModelAnswer, ModelRequest } from './provider.ts';
import { ProviderError, unknownUsage, type TokenUsage } from './text-provider.ts';

/** One call to a provider, for the books: filed also when it failed or was called off. */
export type CallRecord = {
	target: Target;
	status: 'succeeded' | 'failed' | 'canceled';
	error_code: ErrorCode | null;
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
	/** Hears of every call to a provider that this request has cost. */
	onCall?: ( call: CallRecord ) => void;
};

/** Answers along the model's route, for somebody who waits. Throws `ProviderError`, or whatever the signal was aborted with. */
export function callModel( deps: CallModelDeps, model: Model, request: Omit< ModelRequest, 'model' > ): Promise< ModelAnswer > {
	return alongRoute( deps, model, request.signal, ( target, onUsage ) => target.provider.call( {
		...request,
		model: target.upstream_model,
		onUsage( usage ) {
			onUsage( usage );
			request.onUsage?.( usage );
		},
	} ) );
}

/** Embeds along the model's route, for somebody who waits. */
export function embedWithModel( deps: CallModelDeps, model: Model, request: Omit< EmbeddingRequest, 'model' > ): Promise< EmbeddingAnswer > {
	return alongRoute( deps, model, request.signal, ( target ) => target.provider.embed( { ...request, model: target.upstream_model } ) );
}

type Answer = { usage: TokenUsage };

async function alongRoute< T extends Answer >(
	deps: CallModelDeps, { route: [ target ] }: Model, signal: AbortSignal, call: ( target: Target, onUsage: ( usage: TokenUsage ) => void ) => Promise< T >
): Promise< T > {
	const startedAt = deps.clock.now();
	let usage = unknownUsage;
	const file = ( end: Pick< CallRecord, 'status' | 'error_code' | 'usage' | 'may_be_billed' > ) => deps.onCall?.( {
		target, ...end, cost_micros: costMicros( target.prices, end.usage ), provider_ms: deps.clock.now() - startedAt,
	} );
	try {
		const answer = await call( target, ( told ) => ( usage = told ) );
		file( { status: 'succeeded', error_code: null, usage: answer.usage, may_be_billed: true } );
		return answer;
	} catch ( error ) {
		if ( signal.aborted ) {
			file( { status: 'canceled', error_code: null, usage, may_be_billed: true } );
		} else if ( error instanceof ProviderError ) {
			file( { status: 'failed', error_code: error.code, usage: error.usage, may_be_billed: error.mayBeBilled } );
		}
		throw error;
	}
}
