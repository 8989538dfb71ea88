import { describe, expect, it } from 'vitest';
import { clampWords, emptyFacts, parseBrief, toJobOptions, toModel, toProductFacts } from './brief';

describe( 'parseBrief', () => {
	it.each( [
		[ undefined ], [ null ], [ 'x' ], [ 7 ], [ [] ], [ { tone: 'rude', words: 'many', audience: 3, keywords: 'a', facts: { name: 1 } } ],
	] )( 'makes defaults of %j', ( attribute ) => {
		expect( parseBrief( attribute ) ).toEqual( { tone: 'friendly', words: 120, audience: '', keywords: [] } );
	} );

	it( 'keeps what fits', () => {
		expect( parseBrief( { tone: 'formal', words: 80, audience: 'Cooks', keywords: [ 'oak' ], newer: true } ) )
			.toEqual( { tone: 'formal', words: 80, audience: 'Cooks', keywords: [ 'oak' ] } );
	} );
} );

describe( 'toProductFacts', () => {
	it( 'trims, leaves half rows out and reads a comma as a point', () => {
		expect( toProductFacts( {
			...emptyFacts,
			name: ' Table ',
			categories: [ ' Furniture ', ' ' ],
			attributes: [ { name: 'Width', value: ' 42 ', unit: 'cm' }, { name: 'Wood', value: '', unit: '' }, { name: 'Colour', value: 'red', unit: ' ' } ],
			price: { amount: '129,00', currency: 'eur' },
		}, '  Old text. ' ) ).toEqual( {
			name: 'Table', sku: null, categories: [ 'Furniture' ], tags: [], images: [], existing_text: 'Old text.',
			attributes: [ { name: 'Width', value: '42', unit: 'cm' }, { name: 'Colour', value: 'red', unit: null } ],
			price: { amount: '129.00', currency: 'EUR' },
		} );
	} );

	it( 'shortens the existing text without cutting a character in two', () => {
		expect( Array.from( toProductFacts( emptyFacts, '😀'.repeat( 5000 ) ).existing_text! ) ).toHaveLength( 4000 );
	} );
} );

describe( 'toJobOptions', () => {
	it( 'sends only what is set, in bounds', () => {
		expect( toJobOptions( { tone: 'plain', words: 9000, audience: ' ', keywords: [ ' ' ] } ) ).toEqual( { tone: 'plain', words: 600 } );
		expect( toJobOptions( { tone: 'plain', words: 50, audience: ' Cooks ', keywords: [ ' oak ' ] } ) )
			.toEqual( { tone: 'plain', words: 50, audience: 'Cooks', keywords: [ 'oak' ] } );
	} );
} );

describe( 'toModel', () => {
	const models = [ { id: 'gpt', default: true }, { id: 'claude', default: false } ];
	const brief = ( model?: string ) => ( { ...parseBrief( {} ), model } );

	it( 'asks for a model only where another than the default was chosen, and may still be used', () => {
		expect( toModel( brief( 'claude' ), models ) ).toEqual( { model: 'claude' } );
		expect( [ brief(), brief( 'gpt' ), brief( 'gone' ) ].map( ( other ) => toModel( other, models ) ) ).toEqual( [ {}, {}, {} ] );
	} );
} );

it( 'clampWords keeps whole numbers in bounds', () => {
	expect( [ clampWords( 1 ), clampWords( 99.6 ), clampWords( 1e9 ) ] ).toEqual( [ 20, 100, 600 ] );
} );
