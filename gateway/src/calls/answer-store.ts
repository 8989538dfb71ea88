/** A request that a caller has named, so that it can be sent again without being paid for again. */
export type NamedRequest = {
	tenant: string;
	/** Whose name it is: the key's id, or the site. */
	owner: string;
	/** What the caller has sent as `Idempotency-Key`. */
	name: string;
	/** Hash of the route and the body. */
	body_hash: string;
};

export type Claim =
	| { kind: 'begun' }
	/** Another request of this name is being answered. */
	| { kind: 'in_progress' }
	/** The name was given to another request. */
	| { kind: 'other_request' }
	| { kind: 'answered'; answer_json: string };

/** How long an answer can be asked for again. */
export const ANSWER_RETENTION_MS = 86_400_000;
/** How long a request may be under way before its process is taken for dead; longer than any call. */
export const CLAIM_MS = 600_000;
/** Larger answers are not kept; the name is free again. In UTF-16 units. */
export const MAX_ANSWER_LENGTH = 1_000_000;

/** Keeps the answers of named requests for a day. `answer-store.conformance.ts` defines what each engine must do. */
export interface AnswerStore {
	/** One of any number of claims at the same time has begun. */
	claim: ( request: NamedRequest, now: number ) => Promise< Claim >;
	/** Keeps the answer, or frees the name where there is none to keep. */
	finish: ( request: NamedRequest, answer_json: string | null, now: number ) => Promise< void >;
	/** Drops what nobody may ask for any more. */
	purge: ( now: number ) => Promise< void >;
}

/** What a claim finds that came second. */
export function judgeClaim( { body_hash }: NamedRequest, stored: { body_hash: string; answer_json: string | null } ): Claim {
	if ( stored.body_hash !== body_hash ) {
		return { kind: 'other_request' };
	}
	return stored.answer_json === null ? { kind: 'in_progress' } : { kind: 'answered', answer_json: stored.answer_json };
}
