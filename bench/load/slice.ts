import { setTimeout as wait } from 'node:timers/promises';
import type { Services } from '../stack/stack.ts';
import type { Answer, Browser, Call } from './browser.ts';

/** Work after the answer ends in this time, so that the next slice does not pay for it. */
const SETTLE_MS = 250;
const SHOWN_CHARACTERS = 300;

export type Variant = {
	name: string;
	/** What the rate should be, as a share of the reference's. */
	goal?: number;
	call: () => Call;
	expected: number;
	onAnswer?: ( answer: Answer ) => void;
	/** Waits for what the slice's requests have set off; its time counts. */
	finish?: () => Promise< void >;
};

export type Slice = {
	requests: number;
	seconds: number;
	latenciesMs: number[];
	/** Processor seconds by server. */
	cpu: Record< keyof Services, number >;
	/** Answers that were not the expected ones. */
	wrong: string[];
};

/** Every browser sends one request after the other for a while. */
export async function measure( variant: Variant, browsers: readonly Browser[], services: Services, durationMs: number ): Promise< Slice > {
	const slice: Slice = { requests: 0, seconds: 0, latenciesMs: [], cpu: cpuOf( services ), wrong: [] };
	const started = performance.now();
	await Promise.all( browsers.map( async ( browser ) => {
		while ( performance.now() - started < durationMs ) {
			const sent = performance.now();
			try {
				const answer = await browser.send( variant.call() );
				slice.requests++;
				slice.latenciesMs.push( performance.now() - sent );
				if ( answer.status === variant.expected ) {
					variant.onAnswer?.( answer );
				} else {
					slice.wrong.push( `${ variant.name }: ${ answer.status } instead of ${ variant.expected }: ${ answer.text.slice( 0, SHOWN_CHARACTERS ) }` );
				}
			} catch ( error ) {
				slice.wrong.push( `${ variant.name }: no answer: ${ error instanceof Error ? error.message : String( error ) }` );
				return;
			}
		}
	} ) );
	await variant.finish?.();
	slice.seconds = ( performance.now() - started ) / 1000;
	await wait( SETTLE_MS );
	const after = cpuOf( services );
	for ( const name of Object.keys( after ) as ( keyof Services )[] ) {
		slice.cpu[ name ] = after[ name ] - slice.cpu[ name ];
	}
	return slice;
}

function cpuOf( services: Services ): Record< keyof Services, number > {
	const entries = Object.entries( services ).map( ( [ name, service ] ) => [ name, service.cpuSeconds() ?? 0 ] );
	return Object.fromEntries( entries ) as Record< keyof Services, number >;
}
