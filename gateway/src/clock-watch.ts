import type { Clock } from './clock.ts';
import { DueLoop } from './due-loop.ts';

const PERIOD_MS = 2_000;
/** Less holds up nothing that anybody would notice. */
const LEAST_MS = 1_000;

type ClockWatchOptions = {
	clock: Clock;
	/** By how much; 0 at the start, when nobody knows what was done before. */
	onSetBack: ( milliseconds: number ) => Promise< void >;
	onError: ( error: unknown ) => void;
};

/** Tells within two seconds that the clock was set back. To be woken once. */
export function watchClock( { clock, onSetBack, onError }: ClockWatchOptions ): DueLoop {
	const lookAhead = () => clock.now() - clock.steady();
	let ahead = lookAhead();
	let untold: number | null = 0;
	return new DueLoop( {
		clock,
		async runDue() {
			const before = ahead;
			ahead = lookAhead();
			if ( before - ahead > LEAST_MS ) {
				untold = before - ahead;
			}
			if ( untold !== null ) {
				await onSetBack( untold );
				untold = null;
			}
			return clock.now() + PERIOD_MS;
		},
		// What could not be done is tried again a second later.
		onError,
	} );
}
