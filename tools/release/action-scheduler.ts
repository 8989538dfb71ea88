import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isThere, lastLines, run } from '../command.ts';
import { PlainError } from '../plain-error.ts';
import { cacheFolder, fromRoot } from '../project.ts';

export const ACTION_SCHEDULER_VARIABLE = 'DRAFTKEEPER_TEST_ACTION_SCHEDULER';

/** Where Composer puts it, in the zip too. */
export const ACTION_SCHEDULER_PATH = 'vendor/woocommerce/action-scheduler';

const PACKAGE = 'woocommerce/action-scheduler';
const CONSTRAINT = '^3.8';
const MAIN_FILE = 'action-scheduler.php';
const TIMEOUT_MS = 2 * 60_000;
const REASON_LINES = 3;

/** Folders of Action Scheduler on this machine: those that the environment names (`/newest:/older`), else Composer's. */
export function actionSchedulers( env: NodeJS.ProcessEnv = process.env, installed = fromRoot( ACTION_SCHEDULER_PATH ) ): string[] {
	const named = ( env[ ACTION_SCHEDULER_VARIABLE ] ?? '' ).split( delimiter ).filter( ( folder ) => folder !== '' );
	for ( const folder of named ) {
		if ( ! existsSync( join( folder, MAIN_FILE ) ) ) {
			throw new PlainError( `${ ACTION_SCHEDULER_VARIABLE } names ${ folder }, which has no ${ MAIN_FILE }.` );
		}
	}
	return named.length > 0 ? named : [ installed ].filter( ( folder ) => existsSync( join( folder, MAIN_FILE ) ) );
}

/** The one for the release: what is on this machine, else what Composer gets; with the reason where it gets nothing. */
export async function obtainActionScheduler(
	found = actionSchedulers(), composer = 'composer', folder = join( cacheFolder, 'action-scheduler' )
): Promise< { folder: string } | { folder: null; reason: string } > {
	if ( found[ 0 ] !== undefined ) {
		return { folder: found[ 0 ] };
	}
	if ( ! isThere( composer ) ) {
		return { folder: null, reason: 'Composer is not installed.' };
	}
	rmSync( folder, { recursive: true, force: true } );
	mkdirSync( folder, { recursive: true } );
	const { code, output } = await run( composer, [ 'require', '--no-interaction', '--no-progress', `--working-dir=${ folder }`, `${ PACKAGE }:${ CONSTRAINT }` ], {
		env: { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1' },
		timeoutMs: TIMEOUT_MS,
	} );
	const path = join( folder, ACTION_SCHEDULER_PATH );
	return code === 0 && existsSync( join( path, MAIN_FILE ) ) ? { folder: path } : { folder: null, reason: `Composer could not get ${ PACKAGE }: ${ lastLines( output, REASON_LINES ) }` };
}
