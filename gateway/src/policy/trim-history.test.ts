import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMessages, countTokens } from '../tokenizer/count-tokens.ts';
import { trimHistory } from './trim-history.ts';

const system = { role: 'system', content: 'You sell furniture.' };
const question = { role: 'user', content: 'Is the oak table still there?' };
const turn = ( number: number ) => ( { role: number % 2 === 0 ? 'user' : 'assistant', content: `Turn ${ number } about chairs and tables.` } );

describe( 'the tokenizer', () => {
	it.each( [ [ '', 0 ], [ 'hello world', 2 ], [ 'tiktoken is great!', 6 ], [ '<|endoftext|>', 7 ] ] )( 'counts %j as OpenAI’s own does', async ( text, count ) => {
		expect( await countTokens( text ) ).toBe( count );
	} );

	it( 'takes a moment for a text without a space, in any script', async () => {
		const began = performance.now();
		for ( const text of [ '漢字仮名交じり文'.repeat( 1_000 ), 'a'.repeat( 8_000 ), ' '.repeat( 8_000 ), 'abcdefghijklmnopqrstuvwxyz'.repeat( 300 ), '🪑'.repeat( 4_000 ) ] ) {
			expect( await countTokens( text ) ).toBeGreaterThan( 0 );
		}
		expect( performance.now() - began ).toBeLessThan( 3_000 );
	} );
} );

describe( 'a history', () => {
	it( 'stays whole where it fits', async () => {
		const messages = [ system, turn( 0 ), turn( 1 ), question ];
		expect( await trimHistory( messages, 1_000 ) ).toEqual( messages );
	} );

	it( 'loses its oldest turns, never the system message or the last question', async () => {
		const messages = [ system, ...Array.from( { length: 20 }, ( _, index ) => turn( index ) ), question ];
		const trimmed = await trimHistory( messages, 100 );
		expect( await countMessages( trimmed ) ).toBeLessThanOrEqual( 100 );
		expect( trimmed[ 0 ] ).toBe( system );
		expect( trimmed.at( -1 ) ).toBe( question );
		expect( trimmed.slice( 1, -1 ) ).toEqual( messages.slice( messages.length - 1 - ( trimmed.length - 2 ), -1 ) );
		expect( trimmed[ 1 ]?.role ).toBe( 'user' );
		expect( trimmed.length ).toBeGreaterThan( 3 );
	} );

	it( 'keeps what a tool has answered to the last question, and no answer of a call that is gone', async () => {
		const call = { role: 'assistant', content: '' };
		const answer = { role: 'tool', content: 'In stock: 4' };
		expect( await trimHistory( [ system, question, call, answer ], 1 ) ).toEqual( [ system, question, call, answer ] );
		expect( await trimHistory( [ system, turn( 0 ), { role: 'assistant', content: 'x '.repeat( 500 ) }, answer, question ], 60 ) ).toEqual( [ system, question ] );
	} );

	it( 'stays whole where it fits, also when it begins with an answer or nobody has asked anything', async () => {
		const answer = { role: 'tool', content: 'In stock: 4' };
		for ( const messages of [ [ turn( 1 ), question ], [ system, turn( 1 ) ], [ system ], [ turn( 1 ), answer ], [] ] ) {
			expect( await trimHistory( messages, 1_000 ) ).toEqual( messages );
		}
		expect( await trimHistory( [ system, turn( 1 ), turn( 3 ), answer ], 1 ) ).toEqual( [ system, turn( 3 ), answer ] );
	} );

	it( 'loses a whole exchange rather than its question alone', async () => {
		const long = { role: 'user', content: 'chair '.repeat( 60 ) };
		expect( await trimHistory( [ system, long, turn( 1 ), question ], 60 ) ).toEqual( [ system, question ] );
	} );

	it( 'fits, or holds nothing but what must stay', async () => {
		const message = fc.record( { role: fc.constantFrom( 'user', 'assistant', 'system' ), content: fc.string( { maxLength: 60 } ) } );
		await fc.assert( fc.asyncProperty( fc.array( message, { maxLength: 12 } ), fc.integer( { min: 1, max: 200 } ), async ( messages, maxTokens ) => {
			const trimmed = await trimHistory( messages, maxTokens );
			const last = messages.findLastIndex( ( { role } ) => role === 'user' );
			const begin = last === -1 ? Math.max( 0, messages.findLastIndex( ( { role } ) => role === 'assistant' ) ) : last;
			const kept = messages.filter( ( { role }, index ) => role === 'system' || index >= begin );
			expect( trimmed ).toEqual( expect.arrayContaining( kept ) );
			expect( await countMessages( trimmed ) <= maxTokens || trimmed.length === kept.length ).toBe( true );
		} ), { numRuns: 60 } );
	} );
} );
