import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from '../checks/run-checks.ts';
import { nodeArgs, run } from '../command.ts';
import { fromRoot } from '../project.ts';
import { actionSchedulers } from '../release/action-scheduler.ts';
import { wordPress } from '../wordpress/wordpress.ts';
import { buildGateway } from '../bundles/gateway-bundle.ts';
import { buildPlugin } from '../bundles/plugin-bundles.ts';
import { playwrightCounts, vitestCounts } from './counts.ts';
import { CannotRun, type Leg, type LegResult, type LegWork } from './leg.ts';
import { phpUnit, phpUnitOnMariaDb, phpUnitOnNetwork, phpUnitOnSqlite, phpUnitWithActionScheduler } from './phpunit.ts';
import { chromium } from './system.ts';
import { zipActivation } from './zip-activation.ts';

const VITEST_TIMEOUT_MS = 15 * 60_000;
const E2E_TIMEOUT_MS = 40 * 60_000;

/** In the order in which they are run: what fails fast comes first. */
export const legs: readonly Leg[] = [
	{ name: 'check', groups: [ 'static' ], title: 'Static checks', run: ( work ) => runChecks( { mayFix: false, note: work.note } ) },
	{ name: 'vitest', groups: [], title: 'Vitest (contract, gateway, src, tools, bench)', run: vitest },
	{ name: 'php-unit', groups: [ 'php' ], title: 'PHPUnit, no WordPress', run: phpUnit },
	{ name: 'php-sqlite', groups: [ 'php' ], title: 'PHPUnit, WordPress 7.1, SQLite', run: ( work ) => phpUnitOnSqlite( '7.1', work ) },
	{ name: 'php-mariadb', groups: [ 'php' ], title: 'PHPUnit, WordPress 7.1, MariaDB', run: ( work ) => phpUnitOnMariaDb( '7.1', work ) },
	{ name: 'php-network', groups: [ 'php' ], title: 'PHPUnit, network of WordPress 7.1, MariaDB', run: ( work ) => phpUnitOnNetwork( '7.1', work ) },
	{ name: 'php-6.8', groups: [ 'php' ], title: 'PHPUnit, WordPress 6.8, SQLite', run: ( work ) => phpUnitOnSqlite( '6.8', work ) },
	{ name: 'zip', groups: [ 'php' ], title: 'The released zip on a fresh site', run: zipActivation },
	// Left out where there is none: nothing of it is in the project, and a leg that cannot run counts as skipped.
	...( actionSchedulers().length === 0 ? [] : [ {
		name: 'php-action-scheduler', groups: [ 'php' ], title: 'PHPUnit beside Action Scheduler, MariaDB and SQLite', run: ( work: LegWork ) => phpUnitWithActionScheduler( '7.1', work ),
	} ] ),
	{ name: 'e2e', groups: [ 'playwright' ], title: 'Playwright with axe, in Chromium', run: endToEnd },
];

async function vitest( work: LegWork ): Promise< LegResult > {
	const report = join( work.folder, 'vitest.json' );
	const [ program, args ] = nodeArgs( fromRoot( 'node_modules/vitest/vitest.mjs' ), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${ report }` );
	const { code, output } = await run( program, args, { env: { ...process.env, NO_COLOR: '1' }, timeoutMs: VITEST_TIMEOUT_MS } );
	return { ...vitestCounts( report, code ), output };
}

async function endToEnd( work: LegWork ): Promise< LegResult > {
	const browser = chromium() ?? await playwrightsOwn();
	work.note( 'bundles' );
	await buildPlugin();
	await buildGateway();
	work.note( 'WordPress' );
	await wordPress( '7.1', work.note );
	const report = join( work.folder, 'playwright.json' );
	const [ program, args ] = nodeArgs( fromRoot( 'node_modules/@playwright/test/cli.js' ), 'test', '--reporter=line,json' );
	work.note( 'browser' );
	const { code, output } = await run( program, args, {
		env: { ...process.env, CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report, NO_COLOR: '1' },
		timeoutMs: E2E_TIMEOUT_MS,
		onOutput: ( text ) => {
			const test = /\[\d+\/\d+\][^\n]*/.exec( text )?.[ 0 ];
			if ( test !== undefined ) {
				work.note( test );
			}
		},
	} );
	return { ...playwrightCounts( report, code ), output };
}

/** A browser that Playwright downloaded itself once. */
async function playwrightsOwn(): Promise< string > {
	const { chromium: bundled } = await import( '@playwright/test' );
	const path = bundled.executablePath();
	if ( ! existsSync( path ) ) {
		throw new CannotRun( 'Install Chromium (npx playwright install chromium), or name one with CHROMIUM=/path/to/chromium.' );
	}
	return path;
}
