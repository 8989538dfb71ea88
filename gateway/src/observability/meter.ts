import type { ErrorCode } from '@draftkeeper/contract';
import type { BreakerState } from '../providers/breaker.ts';
import type { CallTarget, Operation } from './gen-ai.ts';

/** Why a browser's stream is over: `slow` was sent away because it took nothing, `paused` is asked to come back. */
export type StreamEnd = 'done' | 'unknown_job' | 'left' | 'slow' | 'paused' | 'failed';

export type Use = {
	tenant: string;
	/** As the gateway's file names them. */
	provider: string;
	model: string;
	tokens_in: number | null;
	tokens_out: number | null;
	cost_micros: number | null;
	/** The call itself; null where the answer was there already. */
	call: { operation: Operation; target: CallTarget } | null;
};

/** What happens, to be counted. Figures are kept for months and read by many: never who asked, for which job, or what for. */
export type Meter = {
	/** `seconds` until the answer was sent; of a stream, until it began: how long it lasts is the length of a text. */
	requestAnswered: ( request: { method: string; route: string; status: number; seconds: number } ) => void;
	/** `error` is null for an answer, a code for a failure, `canceled` where nobody wanted it any more. */
	providerCallEnded: ( call: {
		target: CallTarget; operation: Operation; error: string | null; seconds: number; first_token_seconds: number | null;
	} ) => void;
	/** What a call has cost its site, as far as the provider told. */
	used: ( use: Use ) => void;
	breakerChanged: ( breaker: { provider: string; model: string; state: BreakerState } ) => void;
	deliveryTried: ( outcome: string ) => void;
	cacheAsked: ( outcome: string ) => void;
	streamOpened: () => void;
	streamEnded: ( why: StreamEnd ) => void;
	/** A text was held against the rules of its site; `failed` where the endpoint could not tell. */
	moderated: ( check: { tenant: string; outcome: 'allowed' | 'blocked' | 'failed' } ) => void;
	/** `tenant` is null where it is not known who asks. */
	refused: ( refusal: { tenant: string | null; code: ErrorCode } ) => void;
	/** A request has passed because its limits could not be counted. */
	passedUncounted: () => void;
};

/** Counts nothing. */
export const silentMeter: Meter = {
	requestAnswered() {},
	providerCallEnded() {},
	used() {},
	breakerChanged() {},
	deliveryTried() {},
	cacheAsked() {},
	streamOpened() {},
	streamEnded() {},
	moderated() {},
	refused() {},
	passedUncounted() {},
};
