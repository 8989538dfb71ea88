/**
 * `node tools/run.mjs bench/faults.ts [--jobs 200] [--hang] [--cut]`: servers are killed or hang, or the network between WordPress and the
 * gateway is cut, while jobs are under way and webhooks come twice and out of order; afterwards nothing may be lost or paid for unseen.
 */
import { type Click, Editors, newSeries } from './faults/editors.ts';
import { cut, hang, kill, makeFaults, type PlannedFault } from './faults/kills.ts';
import { Scene } from './faults/scene.ts';
import { newestJobId } from './load/jobs.ts';
import { shuffled } from './load/statistics.ts';
import { hasOption, numberOption, print, run } from './run.ts';
import { SLOW_MODEL } from './stack/gateway.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

/** So many jobs are clicked meanwhile; what is asked for beyond them waits when the first fault comes. */
const CLICKED = 200;
const GATEWAY_CONCURRENCY = 8;
const SHORT = { faultsMs: 34_000, settleMs: 115_000, runMs: 150_000 };
const LONG = { faultsMs: 100_000, settleMs: 400_000, runMs: 450_000 };

const count = numberOption( 'jobs', CLICKED, 2_000 );
const isLong = count > CLICKED || hasOption( 'cut' );
const { faultsMs, settleMs, runMs } = isLong ? LONG : SHORT;

await run( async () => {
	const stack = await Stack.running();
	const scene = await Scene.open( stack, Math.round( faultsMs * GATEWAY_CONCURRENCY / count ) );
	const editors = new Editors( scene.browsers, Math.min( count, CLICKED ) );
	try {
		const waiting = await asked( stack, count - editors.clicks.length );
		const polling = editors.poll();
		const [ faults ] = await Promise.all( [ makeFaults( planOf( scene ), scene.started ), editors.click( faultsMs ) ] );
		const settledAtS = await scene.untilSettled( settleMs );
		editors.leave();
		await Promise.all( [ polling, scene.cron.stop() ] );
		print( table( [ 'what', 'fault', 'at s', 'back at s' ], faults.map( ( { what, kind, fromS, untilS } ) => [ what, kind, fromS.toFixed( 1 ), untilS.toFixed( 1 ) ] ) ) );
		return await scene.judge( [ ...editors.clicks, ...waiting ], settledAtS );
	} finally {
		editors.leave();
		await scene.close();
	}
}, runMs );

/** Jobs that were asked for while the gateway was away: they wait for the first sweep. */
async function asked( stack: Stack, number: number ): Promise< Click[] > {
	if ( number === 0 ) {
		return [];
	}
	const series = newSeries();
	const before = await newestJobId( stack );
	await stack.makeStaleJobs( number, SLOW_MODEL, series );
	const rows = await stack.sql( `SELECT uuid, REGEXP_SUBSTR( request_json, '${ series }[0-9]+' ) FROM wp_draftkeeper_jobs WHERE id > ${ before } AND request_json LIKE '%${ series }%'` );
	return rows.map( ( [ uuid = '', name = '' ] ) => ( { name, key: '', uuid, repeats: 0, etag: undefined, hasEnded: false } ) );
}

/** The gateway comes last in the first turn: WordPress leaves a dead one alone for a while, and then little is under way to be lost. */
function planOf( { stack: { services: { gateway, fpm, mariadb, redis } }, wires }: Scene ): PlannedFault[] {
	if ( hasOption( 'hang' ) ) {
		return [ hang( mariadb ), hang( fpm ), hang( gateway ), kill( gateway ), kill( fpm ) ];
	}
	const turn = [ fpm, mariadb, redis, gateway ];
	const kills = [ ...turn, ...shuffled( turn ) ].map( kill );
	return isLong ? [ ...kills, cut( 'network', Object.values( wires ) ) ] : kills;
}
