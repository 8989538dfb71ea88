import type { AttemptStatus, ErrorCode } from '@draftkeeper/contract';

/** One call of a provider on behalf of the API, for the books. Never a text. */
export type ApiCall = {
	tenant: string;
	/** Null: the site has signed the request itself. */
	key_id: string | null;
	request_id: string;
	route: 'chat' | 'embeddings';
	provider: string;
	model: string;
	status: AttemptStatus;
	error_code: ErrorCode | null;
	/** Null is unknown, never zero. */
	tokens_in: number | null;
	tokens_out: number | null;
	cost_micros: number | null;
	/** The provider has not told the tokens: they are counted here, and the cost is reckoned from that. */
	is_estimated: boolean;
	provider_ms: number;
	/** When it ended, in milliseconds. */
	at: number;
};

export type CallTotals = {
	tenant: string; key_id: string | null; model: string; calls: number; failed: number; tokens_in: number; tokens_out: number; cost_micros: number;
	/** Calls whose tokens are an estimate. */
	estimated: number;
};

/** How long calls are kept. */
export const CALL_RETENTION_MS = 30 * 86_400_000;

/**
 * The books of the API. A call is written within moments, together with others: a crash may cost the last ones.
 * `call-log.conformance.ts` defines what each engine must do.
 */
export interface CallLog {
	/** Neither waits nor throws. */
	add: ( call: ApiCall ) => void;
	/** Sums since `from`, what was added up to now included; the costliest first. Null: of all sites. */
	totals: ( tenant: string | null, from: number ) => Promise< CallTotals[] >;
	/** Drops what is older than `before`. */
	purge: ( before: number ) => Promise< void >;
	/** Writes what waits. */
	flush: () => Promise< void >;
}
