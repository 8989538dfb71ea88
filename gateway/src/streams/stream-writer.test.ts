import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { MAX_STREAM_LENGTH, type Piece, type StreamStore } from './stream-store.ts';
import { StreamWriter } from './stream-writer.ts';

let clock: ManualClock;
let pieces: Piece[];
let writer: StreamWriter;

beforeEach( () => {
	clock = new ManualClock();
	pieces = [];
	const streams: StreamStore = {
		publish: ( _job, piece ) => void pieces.push( piece ),
		end: () => {},
		follow: () => Promise.reject( new Error( 'unused' ) ),
		close: async () => {},
	};
	writer = new StreamWriter( { streams, clock }, { tenant: 'shop:1', uuid: 'a' }, 2 );
} );

describe( 'what a provider writes', () => {
	it( 'goes out at once at first, then at most every fifty milliseconds, and whole', async () => {
		let written = '';
		for ( let millisecond = 0; millisecond < 1_000; millisecond++ ) {
			writer.write( `${ millisecond } ` );
			written += `${ millisecond } `;
			if ( millisecond === 0 ) {
				expect( pieces ).toEqual( [ { attempt: 2, seq: 0, text: '' }, { attempt: 2, seq: 1, text: '0 ' } ] );
			}
			await clock.advance( 1 );
		}
		writer.flush();
		expect( pieces.length ).toBeLessThanOrEqual( 22 );
		expect( pieces.map( ( { seq } ) => seq ) ).toEqual( pieces.map( ( _, index ) => index ) );
		expect( pieces.map( ( { text } ) => text ).join( '' ) ).toBe( written );
	} );

	it( 'leaves nothing to be sent after the end', async () => {
		writer.write( 'a' );
		writer.write( 'b' );
		writer.flush();
		const sent = pieces.length;
		await clock.advance( 1_000 );
		expect( pieces ).toHaveLength( sent );
		expect( pieces.map( ( { text } ) => text ).join( '' ) ).toBe( 'ab' );
	} );

	it( 'goes out in time where the clock is set back an hour', async () => {
		writer.write( 'a' );
		clock.setBy( -3_600_000 );
		writer.write( 'b' );
		await clock.advance( 50 );
		expect( pieces.map( ( { text } ) => text ).join( '' ) ).toBe( 'ab' );
	} );

	it( 'is cut where no draft could be longer', async () => {
		for ( let times = 0; times < 300; times++ ) {
			writer.write( 'x'.repeat( 1_000 ) );
			await clock.advance( 60 );
		}
		expect( pieces.map( ( { text } ) => text ).join( '' ).length ).toBeLessThanOrEqual( MAX_STREAM_LENGTH + 1_000 );
	} );
} );
