import type { Trace } from '../observability/trace.ts';
import type { Caller } from '../openai/models.ts';
import type { CallRecord } from '../providers/call-model.ts';
import type { Model } from '../providers/models.ts';
import type { CallOptions, ModelAnswer } from '../providers/provider.ts';

/** What a program of a site wants from a model. */
export type AskedCall = {
	caller: Caller;
	request_id: string;
	trace: Trace;
	model: Model;
	/** Whom of its users the program asks for, where it says so; and whether an earlier answer will not do. */
	cache?: { user: string | null; isBypassed: boolean };
} & ( { route: 'chat'; options: CallOptions; /** How many answers; one where it is left out. */ answers?: number } | { route: 'embeddings'; values: readonly string[] } );

/** A call that may be made, and what was set aside for it. */
export type AdmittedCall = {
	/** Headers of the answer that tell what is left, such as `RateLimit`. */
	headers: Record< string, string >;
	/** The options as the site's rules leave them; absent: as they were asked. */
	options?: CallOptions;
	/** The same for what is to be embedded. */
	values?: readonly string[];
	/** The answer that is there already, for nothing, or what `call` brings. Absent: nothing is kept of this. */
	answer?: ( signal: AbortSignal, call: () => Promise< ModelAnswer > ) => Promise< { answer: ModelAnswer; cached: boolean } >;
	/** Hears, once, what the request has cost, also when it failed or was called off. */
	settle: ( calls: readonly CallRecord[] ) => Promise< void >;
};

/** What stands between a request to the API and the call of its provider. */
export interface CallPolicy {
	/** Throws a `GatewayError` (`rate_limited`, `budget_exhausted`, …) where the call may not be made. */
	admit: ( call: AskedCall ) => Promise< AdmittedCall >;
}

/** Lets everything pass. */
export const noCallPolicy: CallPolicy = { admit: async () => ( { headers: {}, settle: async () => {} } ) };
