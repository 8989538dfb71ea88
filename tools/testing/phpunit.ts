import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { fromRoot } from '../project.ts';
import { actionSchedulers } from '../release/action-scheduler.ts';
import type { WordPressName } from '../wordpress/versions.ts';
import { wordPress } from '../wordpress/wordpress.ts';
import { ensureVendor } from './composer.ts';
import { junitCounts } from './counts.ts';
import { CannotRun, type LegResult, type LegWork } from './leg.ts';
import { phpUnitInWasm } from './phpunit-wasm.ts';
import { withPrivateMariaDb } from './private-mariadb.ts';
import { sqliteIntegration } from './sqlite-integration.ts';
import { totalOf } from './summary.ts';
import { nativePhp, type Php } from './system.ts';

const TIMEOUT_MS = 20 * 60_000;

export async function phpUnit( work: LegWork ): Promise< LegResult > {
	await ensureVendor();
	return native( requirePhp( [] ), work, 'unit', {} );
}

export async function phpUnitOnSqlite( name: WordPressName, work: LegWork, env: Record< string, string > = {}, args = leaveOut( name ) ): Promise< LegResult > {
	await ensureVendor();
	work.note( `WordPress ${ name }` );
	const tree = await wordPress( name, work.note );
	work.note( `WordPress ${ tree.version }` );
	if ( nativePhp() === null ) {
		return phpUnitInWasm( work, tree.path, sqliteIntegration(), args );
	}
	return native( requirePhp( [ 'pdo_sqlite' ] ), work, 'integration', {
		DRAFTKEEPER_TEST_WP: tree.path,
		DRAFTKEEPER_TEST_DB: 'sqlite',
		DRAFTKEEPER_TEST_SQLITE: sqliteIntegration(),
		...env,
	}, ...args );
}

/** What cannot hold on a single site, or on this version, is left out rather than skipped: a skipped test is one that should have run. */
const leaveOut = ( name: WordPressName ): string[] =>
	without( 'network', name === '7.1' ? 'no-abilities' : 'abilities', 'action-scheduler' );

const without = ( ...groups: string[] ): string[] => groups.flatMap( ( group ) => [ '--exclude-group', group ] );

/** The whole suite beside the newest Action Scheduler of this machine, on both databases; its own tests beside each older one. */
export async function phpUnitWithActionScheduler( name: WordPressName, work: LegWork ): Promise< LegResult > {
	const [ newest = '', ...older ] = actionSchedulers();
	const beside = ( folder: string ): Record< string, string > => ( { DRAFTKEEPER_TEST_ACTION_SCHEDULER: folder } );
	const results = [ await phpUnitOnMariaDb( name, work, 'integration,parallel', beside( newest ), without( 'network', 'no-abilities', 'wp-cron' ) ) ];
	for ( const folder of older ) {
		results.push( await phpUnitOnMariaDb( name, work, 'integration,parallel', beside( folder ), [ '--group', 'action-scheduler', ...without( 'action-scheduler-tables' ) ] ) );
	}
	results.push( await phpUnitOnSqlite( name, work, beside( newest ), without( 'network', 'no-abilities', 'wp-cron' ) ) );
	return { ...totalOf( results ), output: results.map( ( { output } ) => output ).join( '\n' ) };
}

/** The tests of a network of sites, which SQLite's driver cannot keep apart. */
export function phpUnitOnNetwork( name: WordPressName, work: LegWork ): Promise< LegResult > {
	return phpUnitOnMariaDb( name, work, 'integration', { DRAFTKEEPER_TEST_NETWORK: '1' }, [ '--group', 'network' ] );
}

export async function phpUnitOnMariaDb(
	name: WordPressName, work: LegWork, suites = 'integration,parallel', env: Record< string, string > = {}, args = leaveOut( name )
): Promise< LegResult > {
	await ensureVendor();
	const php = requirePhp( [ 'mysqli' ] );
	const tree = await wordPress( name, work.note );
	work.note( 'MariaDB' );
	return withPrivateMariaDb( ( socket ) => {
		work.note( `WordPress ${ tree.version }, MariaDB` );
		const settings = { DRAFTKEEPER_TEST_WP: tree.path, DRAFTKEEPER_TEST_DB: 'mysql', DRAFTKEEPER_TEST_DB_SOCKET: socket, ...env };
		return native( php, work, suites, settings, ...args );
	} );
}

function requirePhp( extensions: readonly string[] ): Php {
	const php = nativePhp();
	if ( php === null ) {
		throw new CannotRun( 'Install PHP 8.2 or newer with its command line, and unset DRAFTKEEPER_PHP.' );
	}
	const missing = extensions.filter( ( name ) => ! php.extensions.has( name ) );
	if ( missing.length > 0 ) {
		throw new CannotRun( `Install PHP's extension ${ missing.join( ', ' ) } for PHP ${ php.version }.` );
	}
	return php;
}

async function native( php: Php, work: LegWork, suite: string, settings: Record< string, string >, ...args: string[] ): Promise< LegResult > {
	const report = join( work.folder, 'junit.xml' );
	const content = mkdtempSync( join( tmpdir(), 'dk-content-' ) );
	try {
		const { code, output } = await run(
			php.program,
			[ '-d', 'memory_limit=1G', fromRoot( 'vendor/bin/phpunit' ), '--testsuite', suite, '--log-junit', report, ...args ],
			{ env: { ...process.env, DRAFTKEEPER_TEST_WP: '', DRAFTKEEPER_TEST_ACTION_SCHEDULER: '', DRAFTKEEPER_TEST_CONTENT: content, ...settings }, timeoutMs: TIMEOUT_MS }
		);
		return { ...junitCounts( report, code ), output };
	} finally {
		rmSync( content, { recursive: true, force: true } );
	}
}
