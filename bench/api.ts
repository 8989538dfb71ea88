/**
 * `node tools/run.mjs bench/api.ts --rounds 12`: what a chat through the gateway costs against the same server asked directly, whole and
 * streamed, one at a time and 32 at a time, with a key, limits, a budget, the books and the log. With `BENCH_PORTKEY`, the folder in which
 * @portkey-ai/gateway is installed, that one takes its turns too. Needs no stack.
 */
import { Pool } from 'undici';
import { startOurs, startPortkey, type Target } from './api/targets.ts';
import { numberOption, print, run } from './run.ts';
import { startUpstream } from './providers/upstream.ts';
import { table } from './table.ts';

const CALLS_ALONE = 40;
const SLICE_MS = 1_000;
const CALLERS = 32;
/** Milliseconds that the gateway may add at one caller: to a whole answer, and to the first byte of a stream. */
const MAX_ADDED_MS = { whole: 1.5, streamed: 2 };

type Turn = { ms: number[]; rate: number };
type Variant = Target & { isStream: boolean; pool: Pool; turns: Turn[] };

const median = ( values: readonly number[] ): number => [ ...values ].sort( ( a, b ) => a - b )[ Math.floor( values.length / 2 ) ] ?? Number.NaN;

/** A chat; answers the milliseconds to the first byte of the answer. */
async function chat( { pool, path, headers, isStream }: Variant ): Promise< number > {
	const messages = [ { role: 'user', content: 'A chair made of oak. '.repeat( 40 ) } ];
	const startedAt = performance.now();
	const { statusCode, body } = await pool.request( {
		method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify( { model: 'm', stream: isStream, messages } ),
	} );
	let text = '';
	let first = 0;
	for await ( const piece of body ) {
		first ||= performance.now() - startedAt;
		text += String( piece );
	}
	if ( statusCode !== 200 || ! text.includes( 'word19' ) || ( isStream && ! text.includes( '[DONE]' ) ) ) {
		throw new Error( `The answer was not whole: ${ statusCode } ${ text.slice( 0, 300 ) }` );
	}
	return isStream ? first : performance.now() - startedAt;
}

async function takeTurn( variant: Variant ): Promise< Turn > {
	const ms: number[] = [];
	for ( let call = 0; call < CALLS_ALONE; call++ ) {
		ms.push( await chat( variant ) );
	}
	const endsAt = performance.now() + SLICE_MS;
	let calls = 0;
	await Promise.all( Array.from( { length: CALLERS }, async () => {
		while ( performance.now() < endsAt ) {
			await chat( variant );
			calls++;
		}
	} ) );
	return { ms, rate: calls * 1_000 / SLICE_MS };
}

await run( async () => {
	const rounds = numberOption( 'rounds', 12, 40 );
	const upstream = await startUpstream();
	const targets = [ await startOurs( upstream.url ), ...await startPortkey( upstream.url ) ];
	const direct: Target = { name: 'direct', origin: new URL( upstream.url ).origin, path: '/v1/chat/completions', headers: {}, stop: async () => upstream.stop() };
	const variants = [ false, true ].flatMap( ( isStream ) => [ direct, ...targets ].map( ( target ): Variant => ( {
		...target, isStream, pool: new Pool( target.origin, { connections: CALLERS } ), turns: [],
	} ) ) );
	try {
		for ( let round = -1; round < rounds; round++ ) {
			for ( const variant of [ ...variants ].sort( () => Math.random() - 0.5 ) ) {
				const turn = await takeTurn( variant );
				// The first round only warms up.
				if ( round >= 0 ) {
					variant.turns.push( turn );
				}
			}
		}
	} finally {
		await Promise.all( variants.map( ( { pool } ) => pool.destroy() ) );
		await Promise.all( [ direct, ...targets ].map( ( { stop } ) => stop() ) );
	}
	const results = variants.map( ( variant ) => {
		const bare = variants.find( ( { isStream, name } ) => isStream === variant.isStream && name === 'direct' ) ?? variant;
		const added = median( variant.turns.map( ( { ms }, round ) => median( ms ) - median( bare.turns[ round ]?.ms ?? [] ) ) );
		return { variant, p50: median( variant.turns.flatMap( ( { ms } ) => ms ) ), added, rate: median( variant.turns.map( ( { rate } ) => rate ) ) };
	} );
	const head = [ 'call', 'first byte of the stream, or all: ms', 'added ms', `a second, ${ CALLERS } callers`, 'times Portkey' ];
	print( table( head, results.map( ( { variant: { name, isStream, turns }, p50, added, rate } ) => {
		const other = variants.find( ( variant ) => variant.name === 'portkey' && variant.isStream === isStream );
		const times = other === undefined ? '-' : median( turns.map( ( turn, round ) => turn.rate / ( other.turns[ round ]?.rate ?? Number.NaN ) ) ).toFixed( 1 );
		return [ `${ name }, ${ isStream ? 'streamed' : 'whole' }`, p50.toFixed( 2 ), added.toFixed( 2 ), rate.toFixed( 0 ), times ];
	} ) ) );
	return results
		.filter( ( { variant, added } ) => variant.name === 'ours' && added > MAX_ADDED_MS[ variant.isStream ? 'streamed' : 'whole' ] )
		.map( ( { variant, added } ) => `${ variant.isStream ? 'A stream' : 'A whole answer' } comes ${ added.toFixed( 2 ) } ms later through the gateway.` );
} );
