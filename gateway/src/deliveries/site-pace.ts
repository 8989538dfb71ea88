/** Every site can take so many requests beside those of its visitors. */
const FIRST = 2;
/** More would take the place of visitors at a small host, whatever it can do. */
const MOST = 8;
/** Answers within this say that there is room for more. */
const QUICK_MS = 500;
/** Whoever takes so long has enough to do. */
const SLOW_MS = 2_000;

type Pace = { allowed: number; quickInARow: number };

/**
 * How many results to bring to a site at a time: more while it takes them quickly, so that a long queue is soon gone, and few again as soon as
 * it is slow or fails, so that it is left in peace and holds up nobody else's.
 */
export class SitePace {
	readonly #paces = new Map< string, Pace >();

	allowed( tenant: string ): number {
		return this.#paces.get( tenant )?.allowed ?? FIRST;
	}

	/** A result has been taken after so long. */
	took( tenant: string, milliseconds: number ): void {
		if ( milliseconds > SLOW_MS ) {
			this.slowed( tenant );
		} else if ( milliseconds <= QUICK_MS ) {
			const { allowed, quickInARow } = this.#paces.get( tenant ) ?? { allowed: FIRST, quickInARow: 0 };
			const isRoundDone = quickInARow + 1 >= allowed;
			this.#paces.set( tenant, { allowed: Math.min( MOST, allowed + ( isRoundDone ? 1 : 0 ) ), quickInARow: isRoundDone ? 0 : quickInARow + 1 } );
		}
	}

	/** A try has failed, or took very long. */
	slowed( tenant: string ): void {
		this.#paces.delete( tenant );
	}
}
