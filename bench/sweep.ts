/** `node tools/run.mjs bench/sweep.ts [--jobs 2000] [--sweeps 3]`: stale jobs, re-offered by several sweeps at once. */
import { startFakeOpenAi } from '../gateway/test/fake-openai.ts';
import { newestJobId, statusesAfter, untilEnded } from './load/jobs.ts';
import { numberOption, print, run } from './run.ts';
import { SLOW_MODEL } from './stack/gateway.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const MAX_SECONDS = 20;
const MAX_QUERIES_A_JOB = 3;
const DRAIN_TIMEOUT_MS = 90_000;
const MS = 1000;

await run( async () => {
	const jobs = numberOption( 'jobs', 2000, 2000 );
	const sweeps = numberOption( 'sweeps', 3, 8 );
	const stack = await Stack.running();
	const provider = await startFakeOpenAi( { port: stack.state.ports.provider } );
	try {
		const before = await newestJobId( stack );
		await stack.makeStaleJobs( jobs, SLOW_MODEL );
		const stale = ( await statusesAfter( stack, before ) ).pending ?? 0;

		// Results would come as requests of their own meanwhile: the sweeps alone are measured.
		provider.hold();
		const begin = performance.now();
		const runs = await Promise.all( Array.from( { length: sweeps }, () => stack.sweep() ) );
		const seconds = ( performance.now() - begin ) / MS;
		const { pending = 0, running = 0 } = await statusesAfter( stack, before );
		const queries = runs.reduce( ( sum, cost ) => sum + cost.queries, 0 );
		provider.release();

		await untilEnded( stack, before, DRAIN_TIMEOUT_MS );
		const [ [ attempts = '0', billedTwice = '0' ] = [] ] = await stack.sql( `
			SELECT COUNT( u.id ), COALESCE( SUM( j.maybe_billed_twice ), 0 ) FROM wp_draftkeeper_jobs j LEFT JOIN wp_draftkeeper_usage_log u ON u.job_id = j.id WHERE j.id > ${ before }` );
		const { succeeded = 0 } = await statusesAfter( stack, before );
		const calls = provider.requests.length;

		print( table(
			[ 'stale jobs', 'sweeps', 'seconds', 'of each', 'jobs per s', 'queries', 'a job', 'provider calls', 'a job', 'succeeded' ],
			[ [
				String( stale ), String( sweeps ), seconds.toFixed( 1 ), runs.map( ( cost ) => cost.seconds.toFixed( 1 ) ).join( ' ' ), ( running / seconds ).toFixed( 0 ),
				String( queries ), ( queries / stale ).toFixed( 2 ), String( calls ), ( calls / stale ).toFixed( 2 ), String( succeeded ),
			] ]
		) );
		return [
			...( stale === jobs ? [] : [ `${ jobs } stale jobs were made, ${ stale } wait.` ] ),
			...( pending === 0 && running === jobs ? [] : [ `After the sweeps ${ pending } jobs wait and ${ running } of ${ jobs } run.` ] ),
			...( seconds <= MAX_SECONDS ? [] : [ `The sweeps took ${ seconds.toFixed( 1 ) } s; ${ MAX_SECONDS } s were due at most.` ] ),
			...( queries / stale <= MAX_QUERIES_A_JOB ? [] : [ `A job cost ${ ( queries / stale ).toFixed( 2 ) } queries; ${ MAX_QUERIES_A_JOB } were due at most.` ] ),
			...( calls === jobs ? [] : [ `The provider was called ${ calls } times for ${ jobs } jobs.` ] ),
			...( Number( attempts ) === jobs && Number( billedTwice ) === 0 ? [] : [ `The books have ${ attempts } attempts for ${ jobs } jobs, ${ billedTwice } marked as perhaps billed twice.` ] ),
			...( succeeded === jobs ? [] : [ `${ succeeded } of ${ jobs } jobs have succeeded.` ] ),
		];
	} finally {
		await provider.stop();
	}
} );
