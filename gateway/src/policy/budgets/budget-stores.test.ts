import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe } from 'vitest';
import { hasRedis } from '../../../test/private-redis.ts';
import { redisConnections } from '../../../test/with-redis.ts';
import { openDatabase, type SqliteDatabase } from '../../database.ts';
import { describeBudgetStore } from './budget-store.conformance.ts';
import { RedisBudgetStore } from './redis-budget-store.ts';
import { SqliteBudgetStore } from './sqlite-budget-store.ts';

describe( 'on SQLite', () => {
	const databases: SqliteDatabase[] = [];
	const folders: string[] = [];

	afterEach( () => {
		databases.splice( 0 ).forEach( ( database ) => database.close() );
		folders.splice( 0 ).forEach( ( folder ) => rmSync( folder, { recursive: true } ) );
	} );

	describeBudgetStore( 'SQLite', async () => {
		const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-budgets-' ) );
		folders.push( folder );
		const open = () => {
			const database = openDatabase( join( folder, 'gateway.sqlite' ) );
			databases.push( database );
			return new SqliteBudgetStore( database );
		};
		return [ open(), open() ];
	} );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	const open = redisConnections();

	describeBudgetStore( 'Redis', async () => [ new RedisBudgetStore( await open() ), new RedisBudgetStore( await open() ) ] );
} );
