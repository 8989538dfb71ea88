import { expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { MemoryStreamStore } from './memory-stream-store.ts';
import { describeStreamStore } from './stream-store.conformance.ts';

describeStreamStore( 'Memory', () => {
	const clock = new ManualClock();
	const store = new MemoryStreamStore( clock );
	return { writer: store, reader: store, arrive: settled, pass: ( milliseconds ) => clock.advance( milliseconds ) };
} );

it( 'holds no more than it may, and drops the job that was written to least lately', async () => {
	const store = new MemoryStreamStore( new ManualClock(), 1_500 );
	const write = ( uuid: string, length: number ) => {
		store.publish( { tenant: 'shop:1', uuid }, { attempt: 1, seq: 0, text: '' } );
		store.publish( { tenant: 'shop:1', uuid }, { attempt: 1, seq: 1, text: 'x'.repeat( length ) } );
	};
	const textOf = async ( uuid: string ) => ( await store.follow( { tenant: 'shop:1', uuid }, () => {} ) ).since( null, 10_000 )?.text.length ?? null;
	write( 'a', 400 );
	write( 'b', 400 );
	store.publish( { tenant: 'shop:1', uuid: 'a' }, { attempt: 1, seq: 2, text: 'y' } );
	write( 'c', 400 );
	expect( [ await textOf( 'a' ), await textOf( 'b' ), await textOf( 'c' ) ] ).toEqual( [ 401, null, 400 ] );
	// The middle of a text that was dropped is not shown as if it were the start.
	store.publish( { tenant: 'shop:1', uuid: 'b' }, { attempt: 1, seq: 2, text: 'z' } );
	expect( await textOf( 'b' ) ).toBeNull();
} );

it( 'holds nothing ten minutes later, whether or not anybody asks', async () => {
	const clock = new ManualClock();
	const store = new MemoryStreamStore( clock );
	for ( const uuid of [ 'a', 'b' ] ) {
		store.publish( { tenant: 'shop:1', uuid }, { attempt: 1, seq: 0, text: '' } );
		await clock.advance( 400_000 );
	}
	expect( store.size ).toBe( 1 );
	await clock.advance( 1_200_000 );
	expect( store.size ).toBe( 0 );
	await store.close();
} );

it( 'holds what is being written also where the clock is set forward an hour', async () => {
	const clock = new ManualClock();
	const store = new MemoryStreamStore( clock );
	const job = { tenant: 'shop:1', uuid: 'a' };
	store.publish( job, { attempt: 1, seq: 0, text: '' } );
	store.publish( job, { attempt: 1, seq: 1, text: 'A ' } );
	clock.setBy( 3_600_000 );
	store.publish( job, { attempt: 1, seq: 2, text: 'chair' } );
	expect( ( await store.follow( job, () => {} ) ).since( null, 100 )?.text ).toBe( 'A chair' );
	await store.close();
} );
