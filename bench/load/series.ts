import type { Services } from '../stack/stack.ts';
import { table } from '../table.ts';
import type { Browser } from './browser.ts';
import { measure, type Slice, type Variant } from './slice.ts';
import { median, quantile, shuffled } from './statistics.ts';

const SLICE_MS = 1_000;
const WARM_UP_MS = 500;
const MS = 1000;
/** What runs where the site runs; its gateway may be anywhere. */
const SITE: readonly ( keyof Services )[] = [ 'nginx', 'fpm', 'mariadb', 'redis' ];

export type Series = { variants: readonly Variant[]; rounds: Map< Variant, Slice >[] };

/** Gives every variant its turn in each round, in random order: what the machine does meanwhile meets all alike. The first variant is the reference. */
export async function runSeries( variants: readonly Variant[], rounds: number, browsers: readonly Browser[], services: Services ): Promise< Series > {
	for ( const variant of variants ) {
		await measure( variant, browsers, services, WARM_UP_MS );
	}
	const done: Map< Variant, Slice >[] = [];
	for ( let round = 0; round < rounds; round++ ) {
		const slices = new Map< Variant, Slice >();
		for ( const variant of shuffled( variants ) ) {
			slices.set( variant, await measure( variant, browsers, services, SLICE_MS ) );
		}
		done.push( slices );
	}
	return { variants, rounds: done };
}

export const wrongAnswers = ( { rounds }: Series ): string[] => rounds.flatMap( ( slices ) => [ ...slices.values() ].flatMap( ( { wrong } ) => wrong ) );

/** Rates as the median over the rounds of the ratio to the reference in the same round. */
export function describeSeries( series: Series ): string {
	const rows = series.variants.map( ( variant ) => {
		const slices = series.rounds.map( ( round ) => sliceOf( round, variant ) );
		const ratios = ratiosOf( series, variant, rate );
		const latencies = slices.flatMap( ( { latenciesMs } ) => latenciesMs );
		const perRequest = ( name: keyof Services ): string => median( slices.map( ( slice ) => slice.cpu[ name ] * MS / slice.requests ) ).toFixed( 1 );
		return [
			variant.name,
			String( slices.reduce( ( sum, { requests } ) => sum + requests, 0 ) ),
			median( slices.map( rate ) ).toFixed( 0 ),
			median( ratios ).toFixed( 2 ),
			`${ Math.min( ...ratios ).toFixed( 2 ) }–${ Math.max( ...ratios ).toFixed( 2 ) }`,
			variant.goal === undefined ? '' : variant.goal.toFixed( 2 ),
			median( ratiosOf( series, variant, ( slice ) => 1 / cpuPerRequest( slice ) ) ).toFixed( 2 ),
			median( ratiosOf( series, variant, ( slice ) => 1 / cpuPerRequest( slice, SITE ) ) ).toFixed( 2 ),
			perRequest( 'fpm' ),
			perRequest( 'mariadb' ),
			perRequest( 'gateway' ),
			quantile( latencies, 0.5 ).toFixed( 0 ),
			quantile( latencies, 0.95 ).toFixed( 0 ),
		];
	} );
	return table( [ 'variant', 'requests', 'per s', 'ratio', 'range', 'goal', 'by CPU', 'the site\'s', 'php ms', 'db ms', 'gateway ms', 'p50 ms', 'p95 ms' ], rows );
}

/** Variants whose rate and processor time both miss the goal: either alone may be the machine's mood. */
export function missedGoals( series: Series ): string[] {
	return series.variants.flatMap( ( variant ) => {
		const byRate = median( ratiosOf( series, variant, rate ) );
		const byCpu = median( ratiosOf( series, variant, ( slice ) => 1 / cpuPerRequest( slice ) ) );
		return variant.goal !== undefined && Math.max( byRate, byCpu ) < variant.goal
			? [ `${ variant.name } reaches ${ byRate.toFixed( 2 ) } of the reference's rate (${ byCpu.toFixed( 2 ) } by processor time); the goal is ${ variant.goal }.` ] : [];
	} );
}

function ratiosOf( { variants, rounds }: Series, variant: Variant, figure: ( slice: Slice ) => number ): number[] {
	const [ reference ] = variants;
	return reference === undefined ? [] : rounds.map( ( round ) => figure( sliceOf( round, variant ) ) / figure( sliceOf( round, reference ) ) );
}

function sliceOf( round: Map< Variant, Slice >, variant: Variant ): Slice {
	const slice = round.get( variant );
	if ( slice === undefined ) {
		throw new Error( `${ variant.name } has not run in every round.` );
	}
	return slice;
}

const rate = ( { requests, seconds }: Slice ): number => requests / seconds;

function cpuPerRequest( { requests, cpu }: Slice, names: readonly ( keyof Services )[] = [ ...SITE, 'gateway' ] ): number {
	return names.reduce( ( sum, name ) => sum + cpu[ name ], 0 ) / requests;
}
