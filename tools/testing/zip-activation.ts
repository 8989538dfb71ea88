import AdmZip from 'adm-zip';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPlugin } from '../bundles/plugin-bundles.ts';
import { mustRun } from '../command.ts';
import { fromRoot, root } from '../project.ts';
import { ACTION_SCHEDULER_PATH, actionSchedulers } from '../release/action-scheduler.ts';
import { writePluginZip } from '../release/plugin-zip.ts';
import { wordPress } from '../wordpress/wordpress.ts';
import { CannotRun, type LegResult, type LegWork } from './leg.ts';
import { sqliteIntegration } from './sqlite-integration.ts';
import { nativePhp } from './system.ts';

type Report = {
	active: boolean; problem: string | null; notices: string[]; cleared: boolean; runner: string; from: string | null;
	routes: number; block: boolean; tables: number;
};

const MIN_ROUTES = 10;
const MIN_TABLES = 4;

/** The released zip on a fresh site: without Action Scheduler, and with it where this machine has one. */
export async function zipActivation( work: LegWork ): Promise< LegResult > {
	const php = nativePhp();
	if ( php === null || ! php.extensions.has( 'pdo_sqlite' ) ) {
		throw new CannotRun( 'Install PHP 8.2 or newer with its extension pdo_sqlite, and unset DRAFTKEEPER_PHP.' );
	}
	work.note( 'bundles' );
	await buildPlugin();
	const { path } = await wordPress( '7.1', work.note );
	const outcomes: string[] = [];
	let failed = 0;
	for ( const scheduler of [ null, ...actionSchedulers().slice( 0, 1 ) ] ) {
		const name = scheduler === null ? 'without Action Scheduler' : 'with Action Scheduler';
		work.note( name );
		const problems = complaints( await activate( php.program, path, scheduler ), scheduler !== null );
		failed += problems.length > 0 ? 1 : 0;
		outcomes.push( `The zip ${ name }: ${ problems.length === 0 ? 'activates' : problems.join( '; ' ) }` );
	}
	return { passed: outcomes.length - failed, failed, skipped: 0, output: outcomes.join( '\n' ) };
}

async function activate( php: string, tree: string, scheduler: string | null ): Promise< Report > {
	const folder = mkdtempSync( join( tmpdir(), 'dk-zip-' ) );
	try {
		mkdirSync( join( folder, 'plugins' ) );
		writePluginZip( root, join( folder, 'draftkeeper.zip' ), scheduler );
		new AdmZip( join( folder, 'draftkeeper.zip' ) ).extractAllTo( join( folder, 'plugins' ), true );
		const env = {
			...process.env,
			DRAFTKEEPER_TEST_WP: tree,
			DRAFTKEEPER_TEST_DB: 'sqlite',
			DRAFTKEEPER_TEST_SQLITE: sqliteIntegration(),
			DRAFTKEEPER_TEST_CONTENT: join( folder, 'content' ),
			DRAFTKEEPER_TEST_PLUGINS: join( folder, 'plugins' ),
			DRAFTKEEPER_TEST_ACTION_SCHEDULER: '',
		};
		await mustRun( 'Installing WordPress with the zip', php, [ fromRoot( 'php/tests/install.php' ) ], { env } );
		const output = await mustRun( 'Activating the plugin of the zip', php, [ fromRoot( 'php/tests/Support/action-scheduler/zip-report.php' ) ], { env } );
		return JSON.parse( output.slice( output.indexOf( '{"active"' ) ) ) as Report;
	} finally {
		rmSync( folder, { recursive: true, force: true } );
	}
}

function complaints( report: Report, hasScheduler: boolean ): string[] {
	const runner = hasScheduler ? 'Action Scheduler' : 'WP-Cron';
	return [
		...( report.active && report.problem === null ? [] : [ `it is not active: ${ report.problem ?? 'no reason given' }` ] ),
		...report.notices,
		...( report.cleared ? [] : [ 'deactivating left its schedule behind' ] ),
		...( report.runner === runner ? [] : [ `the sweep is run by ${ report.runner }` ] ),
		...( hasScheduler === ( report.from?.includes( ACTION_SCHEDULER_PATH ) ?? false ) ? [] : [ `Action Scheduler comes from ${ report.from ?? 'nowhere' }` ] ),
		...( report.routes >= MIN_ROUTES && report.block && report.tables >= MIN_TABLES ? [] : [ `${ report.routes } routes, ${ report.tables } tables, block ${ String( report.block ) }` ] ),
	];
}
