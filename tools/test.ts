/**
 * `npm test`: every suite, one after the other. `npm test -- php vitest` runs only the named legs.
 * With DRAFTKEEPER_REQUIRE_ALL=1 a leg that cannot run here is a failure instead of skipped.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { lastLines } from './command.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';
import { fromRoot } from './project.ts';
import { CannotRun, type Leg } from './testing/leg.ts';
import { legs } from './testing/legs.ts';
import { couldNotRun, type Finished, summaryOf, totalOf } from './testing/summary.ts';
import { installMissing } from './testing/system.ts';

const SHOWN_LINES = 80;
const LOGS = 'test-results/logs';
const mustRunAll = process.env.DRAFTKEEPER_REQUIRE_ALL === '1';
const progress = new Progress();

for ( const signal of [ 'SIGINT', 'SIGTERM' ] as const ) {
	process.on( signal, () => process.exit( 1 ) );
}

try {
	const wanted = chosen( process.argv.slice( 2 ) );
	rmSync( fromRoot( LOGS ), { recursive: true, force: true } );
	const needs = ( ...names: string[] ): boolean => wanted.some( ( leg ) => names.includes( leg.name ) );
	await progress.step( 'System packages', ( note ) => installMissing( {
		php: needs( 'check', 'php-unit', 'php-sqlite', 'php-mariadb', 'php-network', 'php-6.8', 'zip', 'php-action-scheduler' ),
		mariaDb: needs( 'php-mariadb', 'php-network', 'php-action-scheduler' ),
		redis: needs( 'vitest', 'php-mariadb', 'php-network', 'php-action-scheduler' ),
		browser: needs( 'e2e' ),
	}, note ) );
	const finished: Finished[] = [];
	for ( const leg of wanted ) {
		finished.push( await runLeg( leg ) );
	}
	for ( const line of [ '', ...summaryOf( finished ) ] ) {
		progress.line( line );
	}
	process.exitCode = totalOf( finished ).failed > 0 ? 1 : 0;
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}

function chosen( names: readonly string[] ): readonly Leg[] {
	const known = new Set( legs.flatMap( ( leg ) => [ leg.name, ...leg.groups ] ) );
	const unknown = names.find( ( name ) => ! known.has( name ) );
	if ( unknown !== undefined ) {
		console.error( `There is no leg "${ unknown }"; there are ${ [ ...known ].join( ', ' ) }.` );
		process.exit( 2 );
	}
	return names.length === 0 ? legs : legs.filter( ( leg ) => names.some( ( name ) => leg.name === name || leg.groups.includes( name ) ) );
}

async function runLeg( leg: Leg ): Promise< Finished > {
	const started = Date.now();
	const seconds = (): number => ( Date.now() - started ) / 1000;
	const folder = fromRoot( LOGS, leg.name );
	mkdirSync( folder, { recursive: true } );
	try {
		const { output, ...counts } = await progress.step( leg.title, ( note ) => leg.run( { folder, note } ) );
		const log = fromRoot( LOGS, leg.name, 'output.log' );
		writeFileSync( log, output );
		if ( counts.failed > 0 ) {
			progress.line( `${ lastLines( output, SHOWN_LINES ) }\n(all of it: ${ log })` );
		}
		return { title: leg.title, seconds: seconds(), ...counts };
	} catch ( error ) {
		if ( error instanceof CannotRun ) {
			progress.line( `${ leg.title } did not run. ${ error.message }` );
			return couldNotRun( leg.title, error.message, seconds(), mustRunAll );
		}
		progress.line( sentenceFor( error ) );
		return { title: leg.title, seconds: seconds(), passed: 0, failed: 1, skipped: 0 };
	}
}
