import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hasRedis } from '../../test/private-redis.ts';
import { ManualClock } from '../../test/manual-clock.ts';
import { sharedRedis } from '../../test/with-redis.ts';
import { openDatabase } from '../database.ts';
import { createLogger } from '../observability/logger.ts';
import { REDIS_PREFIX, type RedisServer } from '../redis/open-redis.ts';
import { describeAnswerStore } from './answer-store.conformance.ts';
import { CallBuffer } from './call-buffer.ts';
import { describeCallLog, newCall, NOW } from './call-log.conformance.ts';
import type { ApiCall } from './call-log.ts';
import { RedisAnswerStore } from './redis-answer-store.ts';
import { RedisCallLog } from './redis-call-log.ts';
import { SqliteAnswerStore } from './sqlite-answer-store.ts';
import { SqliteCallLog } from './sqlite-call-log.ts';

const deps = { clock: new ManualClock( NOW ), logger: createLogger( 'silent' ) };

describe( 'on SQLite', () => {
	describeCallLog( () => {
		const database = openDatabase( ':memory:' );
		return [ new SqliteCallLog( database, deps ), new SqliteCallLog( database, deps ) ];
	} );
	describeAnswerStore( () => {
		const database = openDatabase( ':memory:' );
		return [ new SqliteAnswerStore( database ), new SqliteAnswerStore( database ) ];
	} );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	const shared = sharedRedis();
	let redis: RedisServer;

	beforeEach( async () => {
		await redis?.close();
		redis = await shared.open();
	} );

	afterAll( async () => {
		await redis?.close();
		await shared.remove();
	} );

	describeCallLog( () => [ new RedisCallLog( redis.commands, deps ), new RedisCallLog( redis.commands, deps ) ] );
	// The server's own clock cannot be moved: what would have ended is ended.
	describeAnswerStore( () => [ new RedisAnswerStore( redis.commands ), new RedisAnswerStore( redis.commands ) ], async ( milliseconds ) => {
		for ( const name of await redis.commands.keys( `${ REDIS_PREFIX }:answer:*` ) ) {
			expect( await redis.commands.pttl( name ) ).toBeLessThanOrEqual( milliseconds );
			await redis.commands.del( name );
		}
	} );
} );

describe( 'calls that wait to be written', () => {
	it( 'are written together, soon, and again when the store could not take them', async () => {
		const clock = new ManualClock( NOW );
		const written: number[] = [];
		let isFull = true;
		const buffer = new CallBuffer( { clock, logger: deps.logger }, async ( calls: readonly ApiCall[] ) => {
			if ( isFull ) {
				throw new Error( 'disk full' );
			}
			written.push( calls.length );
		} );
		buffer.add( newCall() );
		buffer.add( newCall() );
		await clock.advance( 200 );
		expect( written ).toEqual( [] );
		isFull = false;
		buffer.add( newCall() );
		await clock.advance( 2_000 );
		expect( written ).toEqual( [ 3 ] );
	} );
} );
