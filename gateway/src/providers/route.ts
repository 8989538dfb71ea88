import type { Lane } from './bulkhead.ts';
import type { Target } from './models.ts';

export type Route = readonly [ Target, ...Target[] ];

export type Place = { target: Target; index: number };

/** The place at `index`, or the next one after it, round and round, that is not out of order; null where all are. */
export function nextInOrder( route: Route, index: number ): Place | null {
	for ( let step = 0; step < route.length; step++ ) {
		const at = ( index + step ) % route.length;
		const target = route[ at ];
		if ( target !== undefined && ! target.gate.isBroken() ) {
			return { target, index: at };
		}
	}
	return null;
}

/** When it is worth looking again along a route where no call can be made. */
export function queueUpAlong( route: Route, lane: Lane ): number {
	return Math.min( ...route.map( ( { gate } ) => gate.queueUp( lane ) ) );
}

/** Whether a call has to wait until another one has ended: what is not out of order has enough to do. */
export function isFullAlong( route: Route, lane: Lane ): boolean {
	const inOrder = route.filter( ( { gate } ) => ! gate.isBroken() );
	return inOrder.length > 0 && inOrder.every( ( { gate } ) => gate.isFull( lane ) );
}
