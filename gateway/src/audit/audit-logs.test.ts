import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasRedis, startPrivateRedis, type PrivateRedis } from '../../test/private-redis.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { createLogger } from '../observability/logger.ts';
import { openRedis, REDIS_PREFIX, type RedisServer } from '../redis/open-redis.ts';
import { describeAuditLog } from './audit-log.conformance.ts';
import type { AuditEntry } from './audit-log.ts';
import { RedisAuditLog } from './redis-audit-log.ts';
import { SqliteAuditLog } from './sqlite-audit-log.ts';

describe( 'on SQLite', () => {
	let folder: string;
	let databases: [ SqliteDatabase, SqliteDatabase ];

	beforeEach( () => {
		folder = mkdtempSync( join( tmpdir(), 'draftkeeper-audit-' ) );
		databases = [ openDatabase( join( folder, 'gateway.sqlite' ) ), openDatabase( join( folder, 'gateway.sqlite' ) ) ];
	} );

	afterEach( () => {
		databases.forEach( ( database ) => database.close() );
		rmSync( folder, { recursive: true } );
	} );

	describeAuditLog( () => [ new SqliteAuditLog( databases[ 0 ] ), new SqliteAuditLog( databases[ 1 ] ) ], async ( change ) => {
		const [ database ] = databases;
		// As somebody with the file would.
		database.exec( 'DROP TRIGGER audit_is_not_changed' );
		const { event_json } = database.prepare( 'SELECT event_json FROM audit WHERE number = 2' ).get() as AuditEntry;
		database.prepare( 'UPDATE audit SET event_json = ? WHERE number = 2' ).run( change( event_json ) );
	} );

	it( 'refuses to change or remove an entry', async () => {
		const [ database ] = databases;
		await new SqliteAuditLog( database ).append( { actor: 'a', action: 'b', subject: 'c', at: 1 } );
		expect( () => database.exec( 'UPDATE audit SET event_json = \'{}\'' ) ).toThrow( 'only grows' );
		expect( () => database.exec( 'DELETE FROM audit' ) ).toThrow( 'only grows' );
	} );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	let server: PrivateRedis;
	let connections: [ RedisServer, RedisServer ];
	const connect = () => openRedis( server.url, { logger: createLogger( 'silent' ) } );

	beforeAll( async () => {
		server = await startPrivateRedis();
		connections = [ await connect(), await connect() ];
	} );

	beforeEach( async () => {
		await connections[ 0 ].commands.flushall();
	} );

	afterAll( async () => {
		await Promise.all( connections.map( ( connection ) => connection.close() ) );
		await server.remove();
	} );

	describeAuditLog( () => [ new RedisAuditLog( connections[ 0 ].commands ), new RedisAuditLog( connections[ 1 ].commands ) ], async ( change ) => {
		const { commands } = connections[ 0 ];
		const entry = JSON.parse( ( await commands.lindex( `${ REDIS_PREFIX }:audit`, 1 ) ) ?? '' ) as AuditEntry;
		await commands.lset( `${ REDIS_PREFIX }:audit`, 1, JSON.stringify( { ...entry, event_json: change( entry.event_json ) } ) );
	} );
} );
