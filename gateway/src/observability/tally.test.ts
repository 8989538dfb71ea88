import { Counter, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { counter, histogram } from './tally.ts';

const labelNames = [ 'site', 'status' ];

it( 'counts to the letter what prom-client itself would show', async () => {
	const [ own, theirs ] = [ new Registry(), new Registry() ];
	const ours = counter( 'counted_total', 'What\nis counted.', labelNames ).registerIn( own );
	const judge = new Counter( { name: 'counted_total', help: 'What\nis counted.', labelNames, registers: [ theirs ] } );
	expect( await own.metrics() ).toBe( await theirs.metrics() );
	for ( const [ site, status, by ] of [ [ 'shop', 200, 1 ], [ 'a "b" \\c\n', 200, 0 ], [ 'shop', 503, 0.1 ], [ 'shop', 200, 0.2 ], [ '', 200, 1e21 ] ] as const ) {
		ours.of( site, status ).value += by;
		judge.inc( { site, status }, by );
		expect( await own.metrics() ).toBe( await theirs.metrics() );
	}
} );

it( 'shows what has no labels from the start', async () => {
	const [ own, theirs ] = [ new Registry(), new Registry() ];
	counter( 'counted_total', 'Counted.', [] ).registerIn( own );
	new Counter( { name: 'counted_total', help: 'Counted.', registers: [ theirs ] } );
	expect( await own.metrics() ).toBe( await theirs.metrics() );
	expect( await own.metrics() ).toContain( 'counted_total 0' );
} );

it( 'spreads over buckets to the letter as prom-client itself does', async () => {
	const [ own, theirs ] = [ new Registry(), new Registry() ];
	const buckets = [ 0.1, 1, 2.5 ];
	const ours = histogram( 'seconds', 'How long.', labelNames, buckets ).registerIn( own );
	const judge = new Histogram( { name: 'seconds', help: 'How long.', labelNames, buckets, registers: [ theirs ] } );
	for ( const [ site, value ] of [ [ 'shop', 0 ], [ 'shop', 0.1 ], [ 'other', 2.5 ], [ 'shop', 0.7 ], [ 'shop', 0.2 ], [ 'other', 2.500_1 ], [ 'shop', 1e9 ] ] as const ) {
		ours.of( site, 200 ).observe( value );
		judge.observe( { site, status: 200 }, value );
		expect( await own.metrics() ).toBe( await theirs.metrics() );
	}
} );
