export type TokenUse = {
	tenant: string;
	jti: string;
	/** When it was signed; this and the other times in seconds. */
	iat: number;
	/** When nobody can use it any more. */
	forget_at: number;
	now: number;
};

export type TokenUsed =
	| 'first'
	| 'again'
	/** Signed before this memory began: whether it was used nobody knows. */
	| 'too_old';

/** Remembers which tokens were used, for as long as they could be used again. `used-tokens.conformance.ts` defines it. */
export interface UsedTokens {
	use: ( token: TokenUse ) => Promise< TokenUsed >;
}

const SWEEP_PERIOD_SECONDS = 10;

/** For a single process; its memory begins with it. */
export class MemoryUsedTokens implements UsedTokens {
	#beganAt: number;
	readonly #expiries = new Map< string, number >();
	#nextSweepAt = 0;

	/** `beganAt`: when the process did, in seconds. */
	constructor( beganAt: number ) {
		this.#beganAt = beganAt;
	}

	async use( { tenant, jti, iat, forget_at, now }: TokenUse ): Promise< TokenUsed > {
		this.#sweep( now );
		// The clock was set back: it began no later than now.
		this.#beganAt = Math.min( this.#beganAt, now );
		if ( iat <= this.#beganAt ) {
			return 'too_old';
		}
		const key = `${ tenant } ${ jti }`;
		if ( this.#expiries.has( key ) ) {
			return 'again';
		}
		this.#expiries.set( key, forget_at );
		return 'first';
	}

	get size(): number {
		return this.#expiries.size;
	}

	#sweep( now: number ): void {
		if ( now < this.#nextSweepAt && now >= this.#nextSweepAt - SWEEP_PERIOD_SECONDS ) {
			return;
		}
		this.#nextSweepAt = now + SWEEP_PERIOD_SECONDS;
		for ( const [ key, forgetAt ] of this.#expiries ) {
			if ( forgetAt < now ) {
				this.#expiries.delete( key );
			}
		}
	}
}
