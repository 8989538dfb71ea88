/** `node tools/run.mjs bench/faults.ts [--jobs 200] [--hang]`: servers are killed or hang while jobs are under way, webhooks come twice and out of order; afterwards nothing may be lost or paid for unseen. */
import { setTimeout as wait } from 'node:timers/promises';
import { startCourier } from './faults/courier.ts';
import { Cron } from './faults/cron.ts';
import { Editors } from './faults/editors.ts';
import { gatewayJobs, siteJobs } from './faults/evidence.ts';
import { check } from './faults/invariants.ts';
import { type FaultKind, makeFaults } from './faults/kills.ts';
import { startWriter } from './faults/writer.ts';
import { Browser } from './load/browser.ts';
import { newestJobId, statusesAfter } from './load/jobs.ts';
import { shuffled } from './load/statistics.ts';
import { hasOption, numberOption, print, run } from './run.ts';
import type { Service } from './stack/processes.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const BROWSERS = 8;
/** Clicks and provider calls are spread over the time in which servers die. */
const FAULTS_MS = 34_000;
const GATEWAY_CONCURRENCY = 8;
const LIMIT_MS = 115_000;
const STEP_MS = 500;

await run( async () => {
	const count = numberOption( 'jobs', 200, 2_000 );
	const stack = await Stack.running();
	const session = await stack.openSession();
	const browsers = Array.from( { length: BROWSERS }, () => new Browser( stack.state.wpUrl, session ) );
	const writer = await startWriter( stack.state.ports.provider, Math.round( FAULTS_MS * GATEWAY_CONCURRENCY / count ) );
	const before = await newestJobId( stack );
	const editors = new Editors( browsers, count );
	const cron = new Cron( stack );
	const courier = await startCourier( stack.state.wpUrl );
	try {
		await stack.deliverThrough( courier.url );
		const started = Date.now();
		const polling = editors.poll();
		const [ faults ] = await Promise.all( [ makeFaults( planOf( stack ), started ), editors.click( FAULTS_MS ) ] );
		const settledAtS = await untilSettled( stack, before, started );
		editors.leave();
		await Promise.all( [ polling, cron.stop() ] );

		const site = await siteJobs( stack, before );
		const theirs = gatewayJobs( stack );
		const calls = writer.calls();
		const ofRun = site.map( ( { uuid } ) => theirs.get( uuid ) ).filter( ( job ) => job !== undefined );
		const sum = ( values: readonly number[] ): number => values.reduce( ( all, value ) => all + value, 0 );
		print( table( [ 'server', 'fault', 'at s', 'back at s' ], faults.map( ( { service, kind, fromS, untilS } ) => [ service.name, kind, fromS.toFixed( 1 ), untilS.toFixed( 1 ) ] ) ) );
		print( `\n${ table( [ 'what', 'count' ], [
			[ 'clicks', String( editors.clicks.length ) ],
			[ 'clicks tried again', String( editors.clicks.filter( ( { repeats } ) => repeats > 0 ).length ) ],
			...Object.entries( await statusesAfter( stack, before ) ).map( ( [ status, value ] ): [ string, string ] => [ `jobs ${ status }`, String( value ) ] ),
			[ 'provider calls', String( sum( site.map( ( { name } ) => calls.get( name ) ?? 0 ) ) ) ],
			[ 'attempts in the books', String( sum( site.map( ( { attempts } ) => attempts ) ) ) ],
			[ 'maybe billed twice', String( sum( site.map( ( { billed_twice } ) => billed_twice ) ) ) ],
			[ 'sweeps', `${ cron.runs } (${ cron.failures } met a dead server)` ],
			[ 'webhooks brought', String( courier.brought() ) ],
			[ 'deliveries tried', String( sum( ofRun.map( ( { tries } ) => tries ) ) ) ],
			[ 'seconds until all had ended', settledAtS === null ? 'never' : settledAtS.toFixed( 1 ) ],
		] ) }` );
		const results = check( { clicks: editors.clicks, site, gateway: theirs, calls } );
		print( `\n${ table( [ 'invariant', 'broken' ], results.map( ( { name, count: breaches } ) => [ name, String( breaches ) ] ) ) }` );
		return results.flatMap( ( { name, cases } ) => cases.map( ( line ) => `${ name }: ${ line }` ) );
	} finally {
		editors.leave();
		await cron.stop();
		for ( const service of stack.all() ) {
			service.thaw();
			await service.start();
		}
		await stack.deliverThrough( null );
		await courier.stop();
		await Promise.all( browsers.map( ( browser ) => browser.close() ) );
		await writer.stop();
	}
} );

/** The gateway comes last in the first turn: WordPress leaves a dead one alone for a while, and then little is under way to be lost. */
function planOf( { services: { gateway, fpm, mariadb, redis } }: Stack ): { service: Service; kind: FaultKind }[] {
	const kill = ( service: Service ): { service: Service; kind: FaultKind } => ( { service, kind: 'kill -9' } );
	const hang = ( service: Service ): { service: Service; kind: FaultKind } => ( { service, kind: 'hang' } );
	const turn = [ fpm, mariadb, redis, gateway ];
	return hasOption( 'hang' ) ? [ hang( mariadb ), hang( fpm ), hang( gateway ), kill( gateway ), kill( fpm ) ] : [ ...turn, ...shuffled( turn ) ].map( kill );
}

/** The seconds until no job was under way, or null when time ran out. */
async function untilSettled( stack: Stack, before: number, started: number ): Promise< number | null > {
	while ( Date.now() - started < LIMIT_MS ) {
		const { pending = 0, running = 0 } = await statusesAfter( stack, before );
		if ( pending + running === 0 ) {
			return ( Date.now() - started ) / 1000;
		}
		await wait( STEP_MS );
	}
	return null;
}
