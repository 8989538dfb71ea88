export type Lane = 'job' | 'request';

/** Bounds what one provider may have under way, so that a slow one does not take every place. */
export class Bulkhead {
	readonly #limits: Record< Lane, number >;
	readonly #busy: Record< Lane, number > = { job: 0, request: 0 };

	constructor( limits: Record< Lane, number > ) {
		this.#limits = limits;
	}

	get busy(): Readonly< Record< Lane, number > > {
		return this.#busy;
	}

	isFull( lane: Lane ): boolean {
		return this.#busy[ lane ] >= this.#limits[ lane ];
	}

	/** Takes a place; the returned function gives it back. */
	enter( lane: Lane ): () => void {
		this.#busy[ lane ] += 1;
		let isBack = false;
		return () => {
			if ( ! isBack ) {
				isBack = true;
				this.#busy[ lane ] -= 1;
			}
		};
	}

	/** How many leave in a second when each stays for `stayMs`. */
	ratePerSecond( lane: Lane, stayMs: number ): number {
		return ( this.#limits[ lane ] * 1_000 ) / Math.max( 1, stayMs );
	}
}
