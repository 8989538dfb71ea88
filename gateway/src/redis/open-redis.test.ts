import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startPrivateRedis, type PrivateRedis } from '../../test/private-redis.ts';
import { createLogger } from '../observability/logger.ts';
import { openRedis } from './open-redis.ts';
import { findProblem } from './redis-durability.ts';

const logger = createLogger( 'silent' );
let server: PrivateRedis | null = null;

afterEach( async () => {
	await server?.remove();
	server = null;
} );

describe.skipIf( ! hasRedis )( 'a Redis server', () => {
	it( 'that keeps what it confirms is used', async () => {
		server = await startPrivateRedis();
		const redis = await openRedis( server.url, { logger } );
		expect( await redis.commands.ping() ).toBe( 'PONG' );
		await redis.close();
	} );

	it.each( [
		[ { appendonly: 'no' }, 'set "appendonly yes" (it is "no").' ],
		[ { appendfsync: 'everysec' }, 'set "appendfsync always" (it is "everysec").' ],
		[ { 'no-appendfsync-on-rewrite': 'yes' }, 'set "no-appendfsync-on-rewrite no" (it is "yes").' ],
		[ { 'maxmemory-policy': 'allkeys-lru' }, 'it drops keys when memory is short; set "maxmemory-policy noeviction" (it is "allkeys-lru").' ],
		[ { replicaof: '127.0.0.1 1' }, 'it is a replica; point DRAFTKEEPER_REDIS_URL at the primary server.' ],
		[ { 'rename-command': 'CONFIG ""' }, 'it does not show its settings (CONFIG is forbidden); if its provider keeps every confirmed write, say so with DRAFTKEEPER_REDIS_DURABILITY=managed.' ],
	] )( 'that could lose an accepted job is refused at start: %o', async ( settings, sentence ) => {
		server = await startPrivateRedis( settings as Record< string, string > );
		await expect( openRedis( server.url, { logger } ) ).rejects.toThrow( `This Redis could lose jobs that the gateway has accepted: ${ sentence }` );
	} );

	it( 'that hides its settings is used when the operator vouches for it', async () => {
		server = await startPrivateRedis( { 'rename-command': 'CONFIG ""', appendfsync: 'everysec' } );
		const redis = await openRedis( server.url, { logger, durability: 'managed' } );
		await redis.close();
	} );

	it( 'that shows wrong settings is refused, whatever the operator says', async () => {
		server = await startPrivateRedis( { appendfsync: 'everysec' } );
		await expect( openRedis( server.url, { logger, durability: 'managed' } ) ).rejects.toThrow( 'set "appendfsync always"' );
	} );

	it( 'that wants another password is named without the password', async () => {
		server = await startPrivateRedis( { requirepass: 'right' } );
		const lines: string[] = [];
		const told = createLogger( 'trace', { write: ( line ) => void lines.push( line ) } );
		await expect( openRedis( `${ server.url }?password=canary`, { logger: told } ) ).rejects.toThrow( /cannot be used \([A-Z]+\); check DRAFTKEEPER_REDIS_URL/ );
		expect( lines.join( '' ) ).not.toContain( 'canary' );
	} );
} );

describe( 'a Redis server that is not there', () => {
	it( 'is told at once, with its address and without the password', async () => {
		const failure = await openRedis( 'redis://user:canary@127.0.0.1:1/0', { logger } ).catch( ( error: unknown ) => String( error ) );
		expect( failure ).toBe( 'Error: Redis at 127.0.0.1:1 cannot be used (ECONNREFUSED); check DRAFTKEEPER_REDIS_URL and that the server runs.' );
	} );
} );

describe( 'the version of a Redis server', () => {
	it.each( [ [ '6.1.9', false ], [ '6.2.0', true ], [ '7.0.15', true ], [ '10.0.0', true ], [ '5.9.9', false ] ] )( '%s: %s', ( version, isEnough ) => {
		const info = new Map( [ [ 'redis_version', version ], [ 'role', 'master' ], [ 'maxmemory_policy', 'noeviction' ] ] );
		expect( findProblem( info, null, 'managed' ) === null ).toBe( isEnough );
	} );
} );
