import { expect, it } from 'vitest';
import { describeSeries, missedGoals, type Series } from './series.ts';
import type { Slice, Variant } from './slice.ts';

const reference: Variant = { name: 'nothing', call: () => ( { method: 'GET', path: 'x' } ), expected: 200 };
const create: Variant = { ...reference, name: 'create', goal: 0.75 };

const slice = ( requests: number, cpuSeconds: number ): Slice => ( {
	requests, seconds: 1, latenciesMs: [ 10, 20 ], cpu: { fpm: cpuSeconds, mariadb: 0, redis: 0, nginx: 0, gateway: 0 }, wrong: [],
} );

/** Requests and processor seconds of the reference and of create, a line per round. */
const series = ( ...rounds: [ number, number, number, number ][] ): Series => ( {
	variants: [ reference, create ],
	rounds: rounds.map( ( [ a, aCpu, b, bCpu ] ) => new Map( [ [ reference, slice( a, aCpu ) ], [ create, slice( b, bCpu ) ] ] ) ),
} );

it( 'shows the median of the ratios within each round, not the ratio of the medians', () => {
	// The machine slows down to a tenth: 0.8, 0.8 and 0.5 of the reference all the same.
	const described = describeSeries( series( [ 100, 1, 80, 1 ], [ 10, 1, 8, 1 ], [ 100, 1, 50, 1 ] ) );
	expect( described ).toMatch( /create .* 0\.80 +0\.50–0\.80/ );
} );

it( 'takes a goal as missed only when rate and processor time both miss it', () => {
	expect( missedGoals( series( [ 100, 1, 60, 1 ] ) ) ).toHaveLength( 1 );
	expect( missedGoals( series( [ 100, 1, 80, 1 ] ) ) ).toEqual( [] );
	expect( missedGoals( series( [ 100, 1, 60, 0.7 ] ) ) ).toEqual( [] );
} );
