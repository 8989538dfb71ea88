/**
 * `node tools/run.mjs bench/api.ts --rounds 12`: what a chat through the gateway costs against the same server asked directly, whole and
 * streamed, one at a time and 32 at a time, with a key, limits, a budget, the books and the log. With `BENCH_PORTKEY`, the folder in which
 * @portkey-ai/gateway is installed, that one takes its turns too, and always a bare proxy. Needs no stack, and a machine on which nothing else works.
 */
import { Pool } from 'undici';
import { startBare } from './api/bare.ts';
import { startOurs, startPortkey, type Target } from './api/targets.ts';
import { assertQuiet, watchOthers } from './other-load.ts';
import { numberOption, print, run } from './run.ts';
import { startUpstream } from './providers/upstream.ts';
import { processEntry } from './stack/process-table.ts';
import { table } from './table.ts';

const CALLS_ALONE = 40;
const SLICE_MS = 1_000;
const CALLERS = 32;
/** Milliseconds that the gateway may add at one caller: to a whole answer, and to the first byte of a stream. */
const MAX_ADDED_MS = { whole: 1.5, streamed: 2 };
/** How many times as many calls a second as Portkey, with all callers. */
const MIN_TIMES_PORTKEY = { whole: 3, streamed: 2.5 };

/** `cpu_ms`: what a call cost the process in between. It does not mind other programs on the machine. */
type Turn = { ms: number[]; rate: number; cpu_ms: number };
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
	const cpuSeconds = () => ( variant.pid === null ? Number.NaN : ( processEntry( variant.pid )?.cpuSeconds ?? Number.NaN ) );
	const cpuBefore = cpuSeconds();
	const endsAt = performance.now() + SLICE_MS;
	let calls = 0;
	await Promise.all( Array.from( { length: CALLERS }, async () => {
		while ( performance.now() < endsAt ) {
			await chat( variant );
			calls++;
		}
	} ) );
	return { ms, rate: calls * 1_000 / SLICE_MS, cpu_ms: ( cpuSeconds() - cpuBefore ) * 1_000 / calls };
}

await run( async () => {
	const rounds = numberOption( 'rounds', 12, 40 );
	await assertQuiet();
	const upstream = await startUpstream();
	const bare = await startBare( upstream.url );
	const serverAt = ( name: string, { pid, url, stop }: typeof bare ): Target => ( {
		name, pid, origin: new URL( url ).origin, path: '/v1/chat/completions', headers: {}, stop: async () => stop(),
	} );
	const direct = serverAt( 'direct', upstream );
	const targets = [ await startOurs( upstream.url ), ...await startPortkey( upstream.url ), serverAt( 'bare proxy', bare ) ];
	const variants = [ false, true ].flatMap( ( isStream ) => [ direct, ...targets ].map( ( target ): Variant => ( {
		...target, isStream, pool: new Pool( target.origin, { connections: CALLERS } ), turns: [],
	} ) ) );
	const complaint = watchOthers( [ process.pid, ...[ direct, ...targets ].flatMap( ( { pid } ) => pid ?? [] ) ] );
	let loud: string | null = null;
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
		loud = complaint();
	} finally {
		await Promise.all( variants.map( ( { pool } ) => pool.destroy() ) );
		await Promise.all( [ direct, ...targets ].map( ( { stop } ) => stop() ) );
	}
	const results = variants.map( ( variant ) => {
		const paired = ( name: string, join: ( own: Turn, other: Turn ) => number ): number => {
			const other = variants.find( ( { isStream, name: itsName } ) => isStream === variant.isStream && itsName === name );
			return median( other === undefined ? [] : variant.turns.map( ( turn, round ) => join( turn, other.turns[ round ] ?? turn ) ) );
		};
		return {
			variant,
			p50: median( variant.turns.flatMap( ( { ms } ) => ms ) ),
			added: paired( 'direct', ( own, other ) => median( own.ms ) - median( other.ms ) ),
			rate: median( variant.turns.map( ( { rate } ) => rate ) ),
			cpu_ms: median( variant.turns.map( ( turn ) => turn.cpu_ms ) ),
			timesPortkey: paired( 'portkey', ( own, other ) => own.rate / other.rate ),
		};
	} );
	const head = [ 'call', 'first byte of the stream, or all: ms', 'added ms', `a second, ${ CALLERS } callers`, 'CPU ms a call', 'times Portkey' ];
	const shown = ( value: number, digits: number ) => ( Number.isNaN( value ) ? '-' : value.toFixed( digits ) );
	print( table( head, results.map( ( { variant: { name, isStream }, p50, added, rate, cpu_ms, timesPortkey } ) => [
		`${ name }, ${ isStream ? 'streamed' : 'whole' }`, shown( p50, 2 ), shown( added, 2 ), shown( rate, 0 ), shown( cpu_ms, 2 ), shown( timesPortkey, 1 ),
	] ) ) );
	return loud !== null ? [ loud ] : results.filter( ( { variant } ) => variant.name === 'ours' ).flatMap( ( { variant, added, timesPortkey } ) => {
		const how = variant.isStream ? 'streamed' : 'whole';
		return [
			...( added > MAX_ADDED_MS[ how ] ? [ `${ how }: the answer comes ${ added.toFixed( 2 ) } ms later through the gateway; ${ MAX_ADDED_MS[ how ] } are due at most.` ] : [] ),
			...( timesPortkey < MIN_TIMES_PORTKEY[ how ] ? [ `${ how }: ${ timesPortkey.toFixed( 1 ) } times as many calls a second as Portkey; ${ MIN_TIMES_PORTKEY[ how ] } are due.` ] : [] ),
		];
	} );
} );
