/** `node tools/run.mjs bench/limits.ts`: what one check of the limit of jobs costs, against one upsert or one call of Redis. */
import { print, run } from './run.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const MAX_RATIO = 1.3;

await run( async () => {
	const stack = await Stack.running();
	const rows = await stack.measureLimits( false );
	const cache = await stack.measureLimits( true );
	const results = [ { store: 'rows of transients', against: 'one upsert', ...rows }, { store: 'object cache in Redis', against: 'one call', ...cache } ];
	print( table( [ 'store', 'against', 'ms', 'check ms', 'ratio' ], results.map( ( { store, against, call_ms: call, check_ms: check, ratio } ) => [ store, against, call.toFixed( 3 ), check.toFixed( 3 ), ratio.toFixed( 2 ) ] ) ) );
	return results.filter( ( { ratio } ) => ratio > MAX_RATIO ).map( ( { store, ratio } ) => `${ store }: a check costs ${ ratio.toFixed( 2 ) } times as much; ${ MAX_RATIO } was due at most.` );
} );
