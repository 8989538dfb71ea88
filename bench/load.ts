/** `node tools/run.mjs bench/load.ts [--rounds 6] [--whole-rounds 3] [--queries] [--goals]`: what requests cost, as ratios to a route that does nothing. */
import { startFakeOpenAi } from '../gateway/test/fake-openai.ts';
import { Browser, type Call, createJob, jobIn, readJob } from './load/browser.ts';
import { newestJobId, statusesAfter, untilEnded } from './load/jobs.ts';
import { countQueries, describeQueries } from './load/queries.ts';
import { describeSeries, missedGoals, runSeries, wrongAnswers } from './load/series.ts';
import type { Variant } from './load/slice.ts';
import { hasOption, numberOption, print, run } from './run.ts';
import { SLOW_MODEL } from './stack/gateway.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const CLIENTS = 8;
/** Of twelve rounds with and without the object cache, and what follows. */
const LOAD_LIMIT_MS = 420_000;
const DRAIN_TIMEOUT_MS = 75_000;
const MAX_WRONG_SHOWN = 5;

const nothing: Call = { method: 'GET', path: 'bench/v1/nothing' };

/** The same request on a site whose object cache is in Redis. */
const withRedis = ( call: Call ): Call => ( { ...call, headers: { ...call.headers, 'x-bench-redis': '1' } } );

await run( async () => {
	const rounds = numberOption( 'rounds', 6, 12 );
	const wholeRounds = numberOption( 'whole-rounds', 3, 6 );
	const stack = await Stack.running();
	const session = await stack.openSession();
	const provider = await startFakeOpenAi( { port: stack.state.ports.provider } );
	const browsers = Array.from( { length: CLIENTS }, () => new Browser( stack.state.wpUrl, session ) );
	const [ browser ] = browsers as [ Browser ];
	const before = await newestJobId( stack );
	const created = new Set< string >();
	let count = 0;
	const create = ( model: string ): Call => createJob( `Shelf ${ ++count }`, model );
	try {
		// While the provider holds, no result comes back: a webhook is another request, and has a series of its own.
		provider.hold();
		const held = jobIn( await browser.send( create( SLOW_MODEL ) ) );
		created.add( held.uuid );
		await provider.requested( 1 );
		const etag = async (): Promise< string > => String( ( await browser.send( readJob( held.uuid ) ) ).headers.etag );
		const known = await etag();

		const reference: Variant = { name: 'nothing', call: () => nothing, expected: 200 };
		const first = await runSeries( [
			reference,
			{ name: 'nothing, without the plugin', call: () => ( { ...nothing, headers: { 'x-bench-bare': '1' } } ), expected: 200 },
			{ name: 'unchanged poll', call: () => readJob( held.uuid, known ), expected: 304, goal: 0.95 },
			{ name: 'create, with its offer', call: () => create( SLOW_MODEL ), expected: 201, goal: 0.75, onAnswer: ( answer ) => created.add( jobIn( answer ).uuid ) },
		], rounds, browsers, stack.services );
		print( `${ CLIENTS } clients, ${ rounds } rounds of a second each in random order, ratios to "nothing" (median):\n\n${ describeSeries( first ) }` );

		const cached = await runSeries( [
			{ ...reference, call: () => withRedis( nothing ) },
			{ name: 'unchanged poll', call: () => withRedis( readJob( held.uuid, known ) ), expected: 304, goal: 0.95 },
			{ name: 'create, with its offer', call: () => withRedis( create( SLOW_MODEL ) ), expected: 201, goal: 0.75, onAnswer: ( answer ) => created.add( jobIn( answer ).uuid ) },
		], rounds, browsers, stack.services );
		print( `\nWith the object cache in Redis:\n\n${ describeSeries( cached ) }` );

		const names = [ 'nothing', 'unchanged poll', 'create, with its offer', 'unchanged poll, Redis', 'create, Redis' ];
		const poll = readJob( held.uuid, known );
		const calls = [ nothing, poll, create( SLOW_MODEL ), withRedis( poll ), withRedis( create( SLOW_MODEL ) ) ];
		const counted = await Promise.all( calls.map( ( call ) => countQueries( stack.state, browser, call ) ) );
		print( `\n${ table( [ 'queries', 'until the answer', 'in all', 'before plugins' ], counted.map( ( { until_answer, in_all, before_plugins }, index ) =>
			[ names[ index ] ?? '', String( until_answer ), String( in_all ), String( before_plugins ) ] ) ) }` );
		if ( hasOption( 'queries' ) ) {
			counted.forEach( ( report ) => print( `\n${ describeQueries( report ) }` ) );
		}
		provider.release();
		await untilEnded( stack, before, DRAIN_TIMEOUT_MS );

		const second = await runSeries( [
			reference,
			{
				name: 'create, until the draft is there',
				// Not the sample writer: it takes seconds for a draft, as a provider does, and would be all that is measured.
				call: () => create( SLOW_MODEL ),
				expected: 201,
				onAnswer: ( answer ) => created.add( jobIn( answer ).uuid ),
				finish: () => untilEnded( stack, before, DRAIN_TIMEOUT_MS ),
			},
		], wholeRounds, browsers, stack.services );
		print( `\nThe whole life of a job, its webhook included:\n\n${ describeSeries( second ) }` );

		const wrong = [ first, cached, second ].flatMap( wrongAnswers );
		const statuses = await statusesAfter( stack, before );
		// The two whose queries were counted have no answer in the set.
		const expected = created.size + 2;
		const stored = Object.values( statuses ).reduce( ( sum, value ) => sum + value, 0 );
		print( `\n${ stored } jobs: ${ Object.entries( statuses ).map( ( [ status, value ] ) => `${ value } ${ status }` ).join( ', ' ) }` );
		return [
			...wrong.slice( 0, MAX_WRONG_SHOWN ),
			...( wrong.length > MAX_WRONG_SHOWN ? [ `${ wrong.length - MAX_WRONG_SHOWN } more wrong answers` ] : [] ),
			...( ( statuses.succeeded ?? 0 ) === stored ? [] : [ 'Not every job has succeeded.' ] ),
			...( stored === expected ? [] : [ `${ expected } jobs were asked for, ${ stored } are stored.` ] ),
			...( hasOption( 'goals' ) ? [ first, cached ].flatMap( missedGoals ) : [] ),
		];
	} finally {
		await Promise.all( browsers.map( ( one ) => one.close() ) );
		await provider.stop();
	}
}, LOAD_LIMIT_MS );
