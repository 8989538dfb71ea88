import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleProvider } from '../../../test/test-providers.ts';

const { signal } = new AbortController();
const provider = sampleProvider();

async function embed( values: string[], dimensions?: number ): Promise< number[][] > {
	return ( await provider.embed( { model: 'sample', values, signal, ...( dimensions === undefined ? {} : { dimensions } ) } ) ).embeddings;
}

const product = ( one: readonly number[], other: readonly number[] ) => one.reduce( ( sum, value, index ) => sum + value * ( other[ index ] ?? 0 ), 0 );

async function likeness( one: string, other: string ): Promise< number > {
	const [ left = [], right = [] ] = await embed( [ one, other ] );
	return product( left, right );
}

describe( 'vectors without a model', () => {
	it( 'are of length one and always the same, whatever the text', async () => {
		await fc.assert( fc.asyncProperty( fc.string( { minLength: 1, unit: 'binary' } ), fc.constantFrom( 1, 8, 256, 3_072 ), async ( text, dimensions ) => {
			const [ first = [], second ] = await embed( [ text, text ], dimensions );
			expect( first ).toHaveLength( dimensions );
			expect( first ).toEqual( second );
			expect( product( first, first ) ).toBeCloseTo( 1, 6 );
		} ), { numRuns: 100 } );
	} );

	it( 'lie nearer to each other, the more words and parts of words their texts share', async () => {
		const shelf = 'An oak shelf with four boards for the living room';
		const [ same, misspelt, related, other ] = await Promise.all( [
			'AN OAK SHELF, with four boards — for the living room!', 'A oack shelve with 4 bords for a livingroom', 'Shelves of oak for every room', 'Wireless headphones, charged in an hour',
		].map( ( text ) => likeness( shelf, text ) ) );
		expect( same ).toBeCloseTo( 1, 6 );
		expect( misspelt ).toBeLessThan( 0.95 );
		expect( misspelt ).toBeGreaterThan( 0.4 );
		expect( related ).toBeGreaterThan( other as number + 0.1 );
		expect( other ).toBeLessThan( 0.25 );
	} );

	it( 'find the nearest of many texts, in other scripts too', async () => {
		const texts = [ 'Ein Stuhl aus Eiche, Größe 42', 'Лампа для спальни', '木の椅子', 'Tischlampe mit Dimmer' ];
		const queries: [ string, number ][] = [ [ 'Stühle aus Eichenholz', 0 ], [ 'лампы в спальню', 1 ], [ '椅子', 2 ], [ 'dimmbare Lampe für den Tisch', 3 ] ];
		for ( const [ query, expected ] of queries ) {
			const likenesses = await Promise.all( texts.map( ( text ) => likeness( query, text ) ) );
			expect( likenesses.indexOf( Math.max( ...likenesses ) ) ).toBe( expected );
		}
	} );

	it( 'say what they have counted, and refuse more places than they fill', async () => {
		expect( ( await provider.embed( { model: 'sample', values: [ 'a chair', 'Größe 42!' ], signal } ) ).usage ).toEqual( { tokens_in: 5, tokens_out: 0 } );
		await expect( embed( [ 'a' ], 3_073 ) ).rejects.toMatchObject( { code: 'provider_rejected' } );
	} );
} );
