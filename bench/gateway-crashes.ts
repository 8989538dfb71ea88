/**
 * `node tools/run.mjs bench/gateway-crashes.ts [--kills 200] [--seed 1]`: on both engines the gateway is killed with -9 so many times in a row,
 * each time after another number of steps, while jobs are offered; then every job that it has accepted must have ended once.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createFaultWorld, type FaultEngine } from '../gateway/test/faults/fault-world.ts';
import { buildServer, removeServer } from '../gateway/test/server-process.ts';
import { numberOption, print, run } from './run.ts';
import { table } from './table.ts';

const MAX_STEPS = 40;
/** A gateway that has not come to the step by then goes on and is killed from outside. */
const LIFE_MS = 1_500;
const SECONDS_FOR_A_KILL = 4;
/** A lease, and five seconds to do what it held. */
const MAX_RECOVERY_SECONDS = 11;

const kills = numberOption( 'kills', 200, 1_000 );
const seed = numberOption( 'seed', 1 + Math.floor( Math.random() * 1_000_000 ), 1_000_000 );

await run( async () => {
	print( `seed ${ seed }` );
	await buildServer( join( 'test', 'faults', 'crashing-gateway.ts' ) );
	try {
		const runs = await Promise.all( ( [ 'SQLite', 'Redis' ] as const ).map( killAgainAndAgain ) );
		print( table( [ 'engine', 'kills', 'jobs', 'calls', 'deliveries', 'written', 'lost after three calls', 'recovered after s' ], runs.map( ( { row } ) => row ) ) );
		return runs.flatMap( ( { broken } ) => broken );
	} finally {
		removeServer();
	}
}, kills * SECONDS_FOR_A_KILL * 1_000 + 60_000 );

async function killAgainAndAgain( engine: FaultEngine ): Promise< { row: string[]; broken: string[] } > {
	const world = await createFaultWorld( engine );
	const offers = [];
	try {
		for ( let kill = 0; kill < kills; kill++ ) {
			const dying = await world.start( String( stepOf( engine, kill ) ) );
			for ( const killAt = Date.now() + LIFE_MS; ! dying.isOver(); ) {
				const offer = world.offer();
				// Whether or not an answer came: WordPress offers it again until there is one.
				offers.push( offer );
				await world.offerOnce( offer );
				if ( Date.now() > killAt ) {
					await dying.kill( 'SIGKILL' );
				}
			}
		}
		await world.start();
		const startedAt = Date.now();
		await world.recover();
		const seconds = ( Date.now() - startedAt ) / 1_000;
		await world.finish( offers );
		const counts = ( what: string ) => String( world.history.filter( ( event ) => event.what === what ).length );
		const outcomes = [ ...world.applied.values() ].map( ( { outcome } ) => outcome.status );
		return {
			row: [
				engine, String( kills ), String( offers.length ), counts( 'called' ), counts( 'delivered' ), String( outcomes.filter( ( status ) => status === 'succeeded' ).length ),
				String( outcomes.filter( ( status ) => status === 'failed' ).length ), seconds.toFixed( 1 ),
			],
			broken: [
				...( await world.check( offers ) ),
				...( seconds <= MAX_RECOVERY_SECONDS ? [] : [ `the last accepted job ended ${ seconds.toFixed( 1 ) } s after the last start, more than ${ MAX_RECOVERY_SECONDS } s` ] ),
			].map( ( line ) => `${ engine }: ${ line }` ),
		};
	} finally {
		await world.remove();
	}
}

/** The step at which it dies, from 1: by chance, but the same for the same seed. */
function stepOf( engine: FaultEngine, kill: number ): number {
	return 1 + createHash( 'sha256' ).update( `${ seed } ${ engine } ${ kill }` ).digest().readUInt32BE() % MAX_STEPS;
}
