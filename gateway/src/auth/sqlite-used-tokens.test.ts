import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../database.ts';
import { SqliteUsedTokens } from './sqlite-used-tokens.ts';
import { describeUsedTokens } from './used-tokens.conformance.ts';

describeUsedTokens( 'SQLite', async ( beganAt ) => {
	const database = openDatabase( ':memory:' );
	return { usedTokens: new SqliteUsedTokens( database, beganAt ), close: async () => void database.close() };
} );

describe( 'used tokens in SQLite', () => {
	it( 'are known after a restart, and forgotten once nobody can use them any more', async () => {
		const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-tokens-' ) );
		onTestFinished( () => rmSync( folder, { recursive: true } ) );
		const answers: string[] = [];
		for ( const now of [ 1_000, 1_010, 2_000 ] ) {
			const database = openDatabase( join( folder, 'gateway.sqlite' ) );
			answers.push( await new SqliteUsedTokens( database, now - 10 ).use( { tenant: 'shop:1', jti: 'a', iat: 1_000, forget_at: 1_100, now } ) );
			database.close();
		}
		expect( answers ).toEqual( [ 'first', 'again', 'first' ] );
	} );
} );
