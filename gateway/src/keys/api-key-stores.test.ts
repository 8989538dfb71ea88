import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { hasRedis, startPrivateRedis, type PrivateRedis } from '../../test/private-redis.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { createLogger } from '../observability/logger.ts';
import { openRedis, type RedisServer } from '../redis/open-redis.ts';
import { describeApiKeyStore } from './api-key-store.conformance.ts';
import { RedisApiKeyStore } from './redis-api-key-store.ts';
import { SqliteApiKeyStore } from './sqlite-api-key-store.ts';

describe( 'on SQLite', () => {
	let folder: string;
	let databases: SqliteDatabase[];

	beforeEach( () => {
		folder = mkdtempSync( join( tmpdir(), 'draftkeeper-keys-' ) );
		databases = [];
	} );

	afterEach( () => {
		databases.forEach( ( database ) => database.close() );
		rmSync( folder, { recursive: true } );
	} );

	const openOne = () => {
		const database = openDatabase( join( folder, 'gateway.sqlite' ) );
		databases.push( database );
		return new SqliteApiKeyStore( database );
	};

	describeApiKeyStore( () => [ openOne(), openOne() ] );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	let server: PrivateRedis;
	let connections: RedisServer[];
	const connect = async () => openRedis( server.url, { logger: createLogger( 'silent' ) } );

	beforeAll( async () => {
		server = await startPrivateRedis();
		connections = [ await connect(), await connect() ];
	} );

	beforeEach( async () => {
		await connections[ 0 ]?.commands.flushall();
	} );

	afterAll( async () => {
		await Promise.all( connections.map( ( connection ) => connection.close() ) );
		await server.remove();
	} );

	describeApiKeyStore( () => {
		const [ store, other ] = connections.map( ( { commands } ) => new RedisApiKeyStore( commands ) );
		return [ store!, other! ];
	} );
} );
