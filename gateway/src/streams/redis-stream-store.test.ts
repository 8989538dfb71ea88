import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasRedis } from '../../test/private-redis.ts';
import { sharedRedis } from '../../test/with-redis.ts';
import type { RedisServer } from '../redis/open-redis.ts';
import { RedisStreamStore } from './redis-stream-store.ts';
import { describeStreamStore } from './stream-store.conformance.ts';

describe.skipIf( ! hasRedis )( 'with a Redis server', () => {
	const shared = sharedRedis();
	const servers: RedisServer[] = [];
	const open = async () => {
		const server = await shared.open();
		servers.push( server );
		return server;
	};
	afterEach( async () => {
		await Promise.all( servers.splice( 0 ).map( ( { close } ) => close() ) );
	} );
	afterAll( shared.remove );

	describeStreamStore( 'Redis', async () => {
		const [ one, two ] = [ await open(), await open() ];
		const reader = new RedisStreamStore( two );
		const writer = new RedisStreamStore( one );
		// Messages come in order: when this one has come, those before it have.
		const arrive = async () => {
			const marker = { tenant: 'marker', uuid: randomUUID() };
			let isFollowed = false;
			await new Promise< void >( ( resolve, reject ) => {
				reader.follow( marker, () => isFollowed && resolve() ).then( () => {
					isFollowed = true;
					writer.publish( marker, { attempt: 1, seq: 0, text: '' } );
				} ).catch( reject );
			} );
		};
		const pass = async ( milliseconds: number ) => {
			for ( const key of await one.commands.keys( '{draftkeeper}:stream:*' ) ) {
				const left = await one.commands.pttl( key );
				expect( left ).toBeGreaterThan( 0 );
				await one.commands.pexpire( key, Math.max( 1, left - milliseconds ) );
			}
			await expect.poll( () => one.commands.keys( '{draftkeeper}:stream:*' ) ).toEqual( [] );
		};
		return { writer, reader, arrive, pass };
	} );

	it( 'goes on after the connection was cut, with what was told meanwhile', async () => {
		const [ one, two ] = [ await open(), await open() ];
		const [ writer, reader ] = [ new RedisStreamStore( one ), new RedisStreamStore( two ) ];
		const job = { tenant: 'shop:1', uuid: randomUUID() };
		writer.publish( job, { attempt: 1, seq: 0, text: '' } );
		writer.publish( job, { attempt: 1, seq: 1, text: 'A ' } );
		const followed = await reader.follow( job, () => {} );
		await expect.poll( () => followed.since( null, 100 )?.text ).toBe( 'A ' );
		await one.commands.client( 'KILL', 'TYPE', 'pubsub' );
		writer.publish( job, { attempt: 1, seq: 2, text: 'table.' } );
		await expect.poll( () => followed.since( null, 100 )?.text ).toBe( 'A table.' );
		writer.end( job );
		await expect.poll( () => followed.isEnded() ).toBe( true );
	} );

	it( 'shares one key among all processes', async () => {
		const [ one, two ] = [ await open(), await open() ];
		const keys = await Promise.all( [ one, two, one ].map( RedisStreamStore.sharedKey ) );
		expect( keys[ 0 ] ).toHaveLength( 32 );
		expect( new Set( keys.map( ( key ) => key.toString( 'hex' ) ) ).size ).toBe( 1 );
	} );
} );
