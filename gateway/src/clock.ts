/** Where the gateway gets its time from; tests bring their own. */
export interface Clock {
	/** Milliseconds since 1970, UTC. */
	now: () => number;
	/** Milliseconds since a moment of no meaning, at an even pace whatever is done to the system's clock: for spans of time within one process. */
	steady: () => number;
	/** Calls `run` once after `delayMs`; the returned function calls it off. */
	setTimer: ( run: () => void, delayMs: number ) => () => void;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	steady: () => Math.floor( performance.now() ),
	setTimer( run, delayMs ) {
		const timer = setTimeout( run, delayMs );
		return () => clearTimeout( timer );
	},
};

/** Resolves after `delayMs`. */
export function wait( clock: Clock, delayMs: number ): Promise< void > {
	return new Promise( ( resolve ) => {
		clock.setTimer( resolve, delayMs );
	} );
}

/** The same, but rejects with the signal's reason as soon as it is aborted. */
export function waitUnlessAborted( clock: Clock, delayMs: number, signal: AbortSignal ): Promise< void > {
	return new Promise( ( resolve, reject ) => {
		const onAbort = () => {
			cancelTimer();
			reject( signal.reason );
		};
		const cancelTimer = clock.setTimer( () => {
			signal.removeEventListener( 'abort', onAbort );
			resolve();
		}, delayMs );
		if ( signal.aborted ) {
			onAbort();
		} else {
			signal.addEventListener( 'abort', onAbort, { once: true } );
		}
	} );
}

/** The contract's form of a time: UTC, whole seconds, `Z`. */
export function toUtcTime( milliseconds: number ): string {
	return new Date( milliseconds ).toISOString().replace( /\.[0-9]+Z$/, 'Z' );
}
