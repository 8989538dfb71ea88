import type { Engine } from '../../src/engine.ts';

/** Calls of the stores that move a job on; before and after each the power may go. */
export const crashCalls = {
	jobs: [ 'acceptAll', 'claim', 'startAttempt', 'settle' ],
	deliveries: [ 'claimDelivery', 'settleDelivery' ],
} as const;

/** `settle:before` is after the provider's answer, `settle:after` after the commit of the result and before its delivery; and so on. */
export const crashPoints: readonly string[] = [ ...crashCalls.jobs, ...crashCalls.deliveries ]
	.flatMap( ( call ) => [ `${ call }:before`, `${ call }:after` ] );

/** The engine, but the process gets a kill -9 when `isHere` says so of a point. */
export function withCrashes( engine: Engine, isHere: ( point: string ) => boolean ): Engine {
	const crash = ( point: string ) => {
		if ( isHere( point ) ) {
			process.kill( process.pid, 'SIGKILL' );
		}
	};
	const wrap = < Store extends object >( store: Store, calls: readonly string[] ): Store => new Proxy( store, {
		get( target, name ) {
			const value = Reflect.get( target, name ) as unknown;
			if ( typeof value !== 'function' ) {
				return value;
			}
			const call = ( value as ( ...args: unknown[] ) => unknown ).bind( target );
			if ( ! calls.includes( String( name ) ) ) {
				return call;
			}
			return async ( ...args: unknown[] ) => {
				crash( `${ String( name ) }:before` );
				const result = await call( ...args );
				// A claim that found nothing is no step.
				if ( result !== null ) {
					crash( `${ String( name ) }:after` );
				}
				return result;
			};
		},
	} );
	return { ...engine, jobs: wrap( engine.jobs, crashCalls.jobs ), deliveries: wrap( engine.deliveries, crashCalls.deliveries ) };
}
