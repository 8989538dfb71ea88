import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeArgs, run, type Finished } from '../command.ts';
import { fromRoot, root } from '../project.ts';
import { junitCounts } from './counts.ts';
import type { LegResult, LegWork } from './leg.ts';

const PHP_VERSION = '8.3';
const TIMEOUT_MS = 30 * 60_000;
/** Inside, the project is one plugin of many, as on a site. */
const PROJECT = '/plugins/draftkeeper';
const REPORTS = '/reports';

/** PHPUnit in Playground's PHP, for machines that have none. The environment does not reach it, a file does. */
export async function phpUnitInWasm( work: LegWork, tree: string, sqlite: string, args: readonly string[] ): Promise< LegResult > {
	const content = mkdtempSync( join( tmpdir(), 'dk-content-' ) );
	const settingsFile = fromRoot( '.cache/php-tests.json' );
	mkdirSync( fromRoot( '.cache' ), { recursive: true } );
	writeFileSync( settingsFile, JSON.stringify( {
		DRAFTKEEPER_TEST_WP: '/tree',
		DRAFTKEEPER_TEST_DB: 'sqlite',
		DRAFTKEEPER_TEST_SQLITE: '/sqlite',
		DRAFTKEEPER_TEST_CONTENT: '/content',
		DRAFTKEEPER_TEST_INSTALLED: '1',
	} ) );
	const mounts: [ string, string ][] = [ [ root, PROJECT ], [ tree, '/tree' ], [ sqlite, '/sqlite' ], [ content, '/content' ], [ work.folder, REPORTS ] ];
	const php = ( ...command: string[] ): Promise< Finished > => {
		const [ program, rest ] = nodeArgs(
			fromRoot( 'node_modules/@wp-playground/cli/wp-playground.js' ),
			'php', `--php=${ PHP_VERSION }`, '--site-url=http://example.test', '--verbosity=quiet', '--wordpress-install-mode=do-not-attempt-installing', '--skip-sqlite-setup',
			...mounts.flatMap( ( [ host, inside ] ) => [ '--mount-dir-before-install', host, inside ] ),
			'--', ...command
		);
		return run( program, rest, { timeoutMs: TIMEOUT_MS } );
	};
	try {
		work.note( 'installing WordPress in PHP-WASM' );
		const installed = await php( `${ PROJECT }/php/tests/install.php` );
		if ( installed.code !== 0 ) {
			return { passed: 0, failed: 1, skipped: 0, output: installed.output };
		}
		work.note( 'PHPUnit in PHP-WASM' );
		const { code, output } = await php(
			`${ PROJECT }/vendor/bin/phpunit`, '--configuration', `${ PROJECT }/phpunit.xml.dist`, '--do-not-cache-result',
			'--testsuite', 'integration', '--log-junit', `${ REPORTS }/junit.xml`, ...args
		);
		return { ...junitCounts( join( work.folder, 'junit.xml' ), code ), output };
	} finally {
		rmSync( settingsFile, { force: true } );
		rmSync( content, { recursive: true, force: true } );
	}
}
