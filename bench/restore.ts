/**
 * `node tools/run.mjs bench/restore.ts [--jobs 400]`: a back-up of the site's database is restored after several hundred jobs more. What it
 * does not know is gone; what it knows has one result, paid for once, and late webhooks for the rest are told that nobody knows their job.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Editors } from './faults/editors.ts';
import { Scene } from './faults/scene.ts';
import { numberOption, print, run } from './run.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const CALL_MS = 150;
/** Short: webhooks must have caught up with the jobs when the database goes back in time. */
const DELAY_MS = 50;
const CLICKS_A_SECOND = 20;
const SETTLE_MS = 240_000;
const RUN_MS = 300_000;
/** Jobs asked for just before the crash: their webhooks come to a database that does not know them. */
const LAST = 24;
/** Until the gateway has tried to bring some of their results. */
const LAST_WAIT_MS = 2_000;
/** The gateway tries again after some seconds. */
const TOLD_MS = 45_000;
const MS = 1000;

await run( async () => {
	const count = numberOption( 'jobs', 400, 1_000 );
	const stack = await Stack.running();
	const scene = await Scene.open( stack, CALL_MS, DELAY_MS );
	const file = join( stack.state.run, 'mariadb', 'backup.sql' );
	const known = new Editors( scene.browsers, count );
	const unknown = new Editors( scene.browsers, count );
	const last = new Editors( scene.browsers, LAST );
	try {
		await known.click( count * MS / CLICKS_A_SECOND );
		const atBackup = await statuses( stack, known );
		await stack.dump( file );
		await unknown.click( 2 * count * MS / CLICKS_A_SECOND );
		const settled = await scene.untilSettled( SETTLE_MS );

		// The results of the last jobs are under way when the database goes back in time.
		scene.courier.hold();
		await last.click( 0 );
		await wait( LAST_WAIT_MS );
		const atCrash = await statuses( stack, unknown, last );
		await scene.cron.stop();
		await stack.services.fpm.stop();
		await stack.restore( file );
		await stack.services.fpm.start();
		scene.courier.letGo();
		const afterwards = await statuses( stack, known );

		scene.resumeCron();
		const settledAtS = settled === null ? null : await scene.untilSettled( SETTLE_MS );
		const isTold = await untilTold( scene );
		await scene.cron.stop();

		const clicks = await stillThere( stack, known );
		print( table( [ 'moment', 'jobs' ], [
			[ 'at the back-up', atBackup ], [ 'asked for after it', atCrash ], [ 'known after the restore', afterwards ],
			[ 'gone with the database', String( unknown.clicks.length + last.clicks.length + known.clicks.length - clicks.length ) ],
		] ) );
		const broken = await scene.judge( clicks, settledAtS );
		return [
			...broken,
			...( clicks.length === known.clicks.filter( ( { uuid } ) => uuid !== null ).length ? [] : [ `Of ${ known.clicks.length } jobs of the back-up ${ clicks.length } are there.` ] ),
			...( isTold ? [] : [ 'No late webhook was told that its job is unknown.' ] ),
			...( await stillThere( stack, unknown, last ) ).map( ( { uuid } ) => `${ uuid ?? '' } was asked for after the back-up and is there.` ),
		];
	} finally {
		[ known, unknown, last ].forEach( ( editors ) => editors.leave() );
		await scene.close();
	}
}, RUN_MS );

function uuidsOf( all: readonly Editors[] ): string {
	return all.flatMap( ( { clicks } ) => clicks ).map( ( { uuid } ) => `'${ uuid ?? '' }'` ).join();
}

async function statuses( stack: Stack, ...editors: Editors[] ): Promise< string > {
	const rows = await stack.sql( `SELECT status, COUNT(*) FROM wp_draftkeeper_jobs WHERE uuid IN ( ${ uuidsOf( editors ) } ) GROUP BY status` );
	return rows.map( ( [ status = '', number = '' ] ) => `${ number } ${ status }` ).join( ', ' );
}

async function untilTold( { courier }: Scene ): Promise< boolean > {
	const deadline = Date.now() + TOLD_MS;
	while ( courier.answers()[ '404 unknown_job' ] === undefined && Date.now() < deadline ) {
		await wait( MS );
	}
	return courier.answers()[ '404 unknown_job' ] !== undefined;
}

async function stillThere( stack: Stack, ...editors: Editors[] ): Promise< Editors[ 'clicks' ] > {
	const rows = await stack.sql( `SELECT uuid FROM wp_draftkeeper_jobs WHERE uuid IN ( ${ uuidsOf( editors ) } )` );
	const stored = new Set( rows.map( ( [ uuid ] ) => uuid ) );
	return editors.flatMap( ( { clicks } ) => clicks ).filter( ( { uuid } ) => uuid !== null && stored.has( uuid ) );
}
