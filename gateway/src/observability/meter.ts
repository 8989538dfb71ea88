import type { BreakerState } from '../providers/breaker.ts';

/** What happens, to be counted. Figures are kept for months and read by many: never who asked, for which job, or what for. */
export type Meter = {
	requestAnswered: ( request: { method: string; route: string; status: number; seconds: number } ) => void;
	/** `error` is null for an answer, a code for a failure, `canceled` where nobody wanted it any more. */
	providerCallEnded: ( call: { provider: string; model: string; error: string | null; seconds: number; first_token_seconds: number | null } ) => void;
	/** What a call has cost its site, as far as the provider told. */
	used: ( use: { tenant: string; provider: string; model: string; tokens_in: number | null; tokens_out: number | null; cost_micros: number | null } ) => void;
	breakerChanged: ( breaker: { provider: string; model: string; state: BreakerState } ) => void;
	deliveryTried: ( outcome: string ) => void;
	cacheAsked: ( outcome: string ) => void;
};

/** Counts nothing. */
export const silentMeter: Meter = {
	requestAnswered() {},
	providerCallEnded() {},
	used() {},
	breakerChanged() {},
	deliveryTried() {},
	cacheAsked() {},
};
