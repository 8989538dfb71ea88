import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobKey } from '../jobs/job-store.ts';
import { STREAM_RETENTION_MS, type Position, type StreamStore } from './stream-store.ts';

export type DrivenStreams = {
	/** Where a worker writes and where a browser is served; one and the same with a gateway of one process. */
	writer: StreamStore;
	reader: StreamStore;
	/** Lets what was published arrive. */
	arrive: () => Promise< void >;
	pass: ( milliseconds: number ) => Promise< void >;
};

export type OpenStreamStore = () => DrivenStreams | Promise< DrivenStreams >;

/** What a stream store is. Every engine runs this. */
export function describeStreamStore( engine: string, open: OpenStreamStore ): void {
	describe( `${ engine } as a stream store`, () => {
		let stores: DrivenStreams;
		let job: JobKey;
		let told: number;

		beforeEach( async () => {
			stores = await open();
			job = { tenant: 'shop:1', uuid: randomUUID() };
			told = 0;
		} );
		afterEach( async () => {
			await stores.writer.close();
			await stores.reader.close();
		} );

		const write = ( attempt: number, ...texts: string[] ) => {
			stores.writer.publish( job, { attempt, seq: 0, text: '' } );
			texts.forEach( ( text, index ) => stores.writer.publish( job, { attempt, seq: index + 1, text } ) );
		};
		const follow = async ( key = job ) => {
			await stores.arrive();
			return stores.reader.follow( key, () => void told++ );
		};
		const ALL = 1_000_000;

		it( 'hands on each piece once it is written, and what was written before', async () => {
			write( 1, 'A small ' );
			const followed = await follow();
			expect( followed.since( null, ALL ) ).toEqual( { attempt: 1, seq: 1, text: 'A small ', isReset: false } );
			expect( followed.since( { attempt: 1, seq: 1 }, ALL ) ).toBeNull();
			stores.writer.publish( job, { attempt: 1, seq: 2, text: 'table.' } );
			await stores.arrive();
			expect( told ).toBeGreaterThan( 0 );
			expect( followed.since( { attempt: 1, seq: 1 }, ALL ) ).toEqual( { attempt: 1, seq: 2, text: 'table.', isReset: false } );
		} );

		it( 'gives back the same bytes from every position, whatever the pieces hold', async () => {
			const pieces = [ 'Größe ', '🪑'.slice( 0, 1 ), '🪑'.slice( 1 ), '\n\nid: 7\ndata: {}\n\n', '"\\', '\u2028', '', '<p>', '\u0000' ];
			write( 1, ...pieces );
			const followed = await follow();
			for ( let seq = 0; seq <= pieces.length; seq++ ) {
				const rest = followed.since( { attempt: 1, seq }, ALL );
				expect( pieces.slice( 0, seq ).join( '' ) + ( rest?.text ?? '' ) ).toBe( pieces.join( '' ) );
				expect( rest?.isReset ?? false ).toBe( false );
			}
		} );

		it( 'cuts a long rest between pieces, and loses nothing by it', async () => {
			const pieces = Array.from( { length: 40 }, ( _, index ) => `${ index } `.repeat( 10 ) );
			write( 1, ...pieces );
			const followed = await follow();
			let position: Position | null = null;
			let text = '';
			for ( let next = followed.since( position, 100 ); next !== null; next = followed.since( position, 100 ) ) {
				expect( next.text.length ).toBeLessThanOrEqual( 100 );
				position = next;
				text += next.text;
			}
			expect( text ).toBe( pieces.join( '' ) );
		} );

		it( 'voids what an earlier call has written, before the next has written anything', async () => {
			write( 1, 'Half of a ' );
			const followed = await follow();
			write( 2 );
			await stores.arrive();
			expect( followed.since( { attempt: 1, seq: 1 }, ALL ) ).toEqual( { attempt: 2, seq: 0, text: '', isReset: true } );
			stores.writer.publish( job, { attempt: 1, seq: 2, text: 'late' } );
			stores.writer.publish( job, { attempt: 2, seq: 1, text: 'New.' } );
			await stores.arrive();
			expect( followed.since( { attempt: 1, seq: 1 }, ALL ) ).toEqual( { attempt: 2, seq: 1, text: 'New.', isReset: true } );
			expect( followed.since( { attempt: 2, seq: 0 }, ALL ) ).toEqual( { attempt: 2, seq: 1, text: 'New.', isReset: false } );
			expect( followed.since( null, ALL ) ).toMatchObject( { text: 'New.', isReset: false } );
		} );

		it( 'begins anew for a position that it never gave out', async () => {
			write( 2, 'One.' );
			const followed = await follow();
			for ( const position of [ { attempt: 2, seq: 9 }, { attempt: 7, seq: 1 } ] ) {
				expect( followed.since( position, ALL ) ).toEqual( { attempt: 2, seq: 1, text: 'One.', isReset: true } );
			}
		} );

		it( 'keeps jobs apart, also two tenants’ under one uuid', async () => {
			write( 1, 'Secret.' );
			const others = await Promise.all( [ follow( { ...job, tenant: 'shop:2' } ), follow( { ...job, uuid: randomUUID() } ) ] );
			stores.writer.end( job );
			await stores.arrive();
			for ( const other of others ) {
				expect( other.since( null, ALL ) ).toBeNull();
				expect( other.isEnded() ).toBe( false );
			}
		} );

		it( 'says that the job has ended, to those who come later too', async () => {
			write( 1, 'Done.' );
			const followed = await follow();
			expect( followed.isEnded() ).toBe( false );
			const before = told;
			stores.writer.end( job );
			await stores.arrive();
			expect( told ).toBeGreaterThan( before );
			expect( followed.isEnded() ).toBe( true );
			const later = await follow();
			expect( [ later.since( null, ALL )?.text, later.isEnded() ] ).toEqual( [ 'Done.', true ] );
		} );

		it( 'says so of a job that ended before anything was written', async () => {
			const followed = await follow();
			stores.writer.end( job );
			await stores.arrive();
			expect( [ followed.since( null, ALL ), followed.isEnded() ] ).toEqual( [ null, true ] );
		} );

		it( 'tells nobody who has left', async () => {
			const followed = await follow();
			const stays = await follow();
			followed.close();
			followed.close();
			write( 1, 'Text.' );
			await stores.arrive();
			expect( stays.since( null, ALL )?.text ).toBe( 'Text.' );
			stays.close();
			const before = told;
			stores.writer.publish( job, { attempt: 1, seq: 2, text: 'More.' } );
			await stores.arrive();
			expect( told ).toBe( before );
			expect( ( await follow() ).since( null, ALL )?.text ).toBe( 'Text.More.' );
		} );

		it( 'forgets a job ten minutes after its last piece', async () => {
			write( 1, 'Old.' );
			await stores.arrive();
			await stores.pass( STREAM_RETENTION_MS + 1_000 );
			expect( ( await follow() ).since( null, ALL ) ).toBeNull();
		} );
	} );
}
