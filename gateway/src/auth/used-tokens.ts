/** Remembers which tokens were used, for as long as they could be used again. In memory: tokens older than the process are refused anyway. */
export class UsedTokens {
	readonly #expiries = new Map< string, number >();
	#nextSweepAt = 0;

	/** True the first time, false ever after until the token has expired. Times in seconds. */
	use( tenant: string, jti: string, forgetAt: number, now: number ): boolean {
		this.#sweep( now );
		const key = `${ tenant } ${ jti }`;
		if ( this.#expiries.has( key ) ) {
			return false;
		}
		this.#expiries.set( key, forgetAt );
		return true;
	}

	get size(): number {
		return this.#expiries.size;
	}

	#sweep( now: number ): void {
		if ( now < this.#nextSweepAt ) {
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

const SWEEP_PERIOD_SECONDS = 10;
