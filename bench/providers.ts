/**
 * `node tools/run.mjs bench/providers.ts --rounds 12`: what a call through our layer costs against a bare `fetch` of the same server,
 * whole and streamed, one at a time and 32 at a time. Needs no stack.
 */
import { systemClock } from '../gateway/src/clock.ts';
import { openAiCompatible } from '../gateway/src/providers/adapters/openai-compatible.ts';
import { defaultTimeouts } from '../gateway/src/providers/call-watch.ts';
import { openNetwork } from '../gateway/src/providers/network.ts';
import { UpstreamProvider } from '../gateway/src/providers/upstream-provider.ts';
import { numberOption, print, run } from './run.ts';
import { startUpstream, WORDS } from './providers/upstream.ts';
import { table } from './table.ts';

const SLICE_MS = 400;
const CALLS_ALONE = 60;
/** Milliseconds that our layer may add to a call, at one client. */
const MAX_ADDED_MS = 1.5;

type Variant = { name: string; isStream: boolean; isOurs: boolean; call: () => Promise< { first_ms: number; ms: number } > };

const median = ( values: readonly number[] ): number => [ ...values ].sort( ( a, b ) => a - b )[ Math.floor( values.length / 2 ) ] ?? Number.NaN;

function variantsOf( base_url: string ): Variant[] {
	const bare = openNetwork().fetch;
	const provider = new UpstreamProvider( {
		adapter: openAiCompatible( { base_url, api_key: 'sk-1' } ), clock: systemClock, network: openNetwork(), timeouts: defaultTimeouts,
	} );
	const prompt = 'A chair made of oak. '.repeat( 40 );
	const post = async ( stream: boolean ) => {
		const startedAt = performance.now();
		const body = JSON.stringify( { model: 'm', stream, messages: [ { role: 'user', content: prompt } ] } );
		const response = await bare( `${ base_url }/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body } );
		let first_ms = 0;
		if ( ! stream || response.body === null ) {
			await response.json();
		} else {
			for await ( const _ of response.body ) {
				first_ms ||= performance.now() - startedAt;
			}
		}
		const ms = performance.now() - startedAt;
		return { first_ms: first_ms || ms, ms };
	};
	const ask = async ( isStream: boolean ) => {
		const startedAt = performance.now();
		let first_ms = 0;
		const onPart = () => {
			first_ms ||= performance.now() - startedAt;
		};
		const answer = await provider.call( {
			model: 'm', options: { prompt: [ { role: 'user', content: [ { type: 'text', text: prompt } ] } ] }, signal: new AbortController().signal,
			...( isStream ? { onPart } : {} ),
		} );
		if ( answer.usage.tokens_out !== WORDS ) {
			throw new Error( 'The answer was not whole.' );
		}
		const ms = performance.now() - startedAt;
		return { first_ms: first_ms || ms, ms };
	};
	return [ false, true ].flatMap( ( isStream ) => [
		{ name: isStream ? 'fetch, streamed' : 'fetch, whole', isStream, isOurs: false, call: () => post( isStream ) },
		{ name: isStream ? 'ours, streamed' : 'ours, whole', isStream, isOurs: true, call: () => ask( isStream ) },
	] );
}

/** Calls a second with 32 callers, and what each costs this process: that does not mind other programs on the machine. */
async function rateOf( { call }: Variant ): Promise< { rate: number; cpu_ms: number } > {
	const endsAt = performance.now() + SLICE_MS;
	const before = process.cpuUsage();
	let calls = 0;
	await Promise.all( Array.from( { length: 32 }, async () => {
		while ( performance.now() < endsAt ) {
			await call();
			calls++;
		}
	} ) );
	const { user, system } = process.cpuUsage( before );
	return { rate: calls * 1_000 / SLICE_MS, cpu_ms: ( user + system ) / 1_000 / calls };
}

await run( async () => {
	const rounds = numberOption( 'rounds', 12, 40 );
	const upstream = await startUpstream();
	try {
		const variants = variantsOf( upstream.url );
		const alone = new Map( variants.map( ( variant ) => [ variant, { first: [] as number[], whole: [] as number[] } ] ) );
		const rates = new Map( variants.map( ( variant ) => [ variant, [] as number[] ] ) );
		const costs = new Map( variants.map( ( variant ) => [ variant, [] as number[] ] ) );
		for ( let round = -1; round < rounds; round++ ) {
			for ( const variant of [ ...variants ].sort( () => Math.random() - 0.5 ) ) {
				const calls = [];
				for ( let call = 0; call < CALLS_ALONE; call++ ) {
					calls.push( await variant.call() );
				}
				const { rate, cpu_ms } = await rateOf( variant );
				// The first round only warms up.
				if ( round >= 0 ) {
					alone.get( variant )?.first.push( median( calls.map( ( { first_ms } ) => first_ms ) ) );
					alone.get( variant )?.whole.push( median( calls.map( ( { ms } ) => ms ) ) );
					rates.get( variant )?.push( rate );
					costs.get( variant )?.push( cpu_ms );
				}
			}
		}
		const results = variants.map( ( variant ) => {
			const bare = variants.find( ( { isStream, isOurs } ) => isStream === variant.isStream && ! isOurs ) ?? variant;
			const paired = ( values: ( of: Variant ) => readonly number[], join: ( own: number, other: number ) => number ) =>
				median( values( variant ).map( ( own, round ) => join( own, values( bare )[ round ] ?? Number.NaN ) ) );
			const firstOf = ( of: Variant ) => alone.get( of )?.first ?? [];
			return {
				variant,
				first_ms: median( firstOf( variant ) ),
				added_ms: paired( firstOf, ( own, other ) => own - other ),
				ms: median( alone.get( variant )?.whole ?? [] ),
				rate: median( rates.get( variant ) ?? [] ),
				cpu_ms: median( costs.get( variant ) ?? [] ),
				cpu_ratio: paired( ( of ) => costs.get( of ) ?? [], ( own, other ) => own / other ),
				ratio: paired( ( of ) => rates.get( of ) ?? [], ( own, other ) => own / other ),
			};
		} );
		const head = [ 'call', 'first ms', 'added ms', 'whole ms', 'a second, 32 callers', 'ratio', 'CPU ms', 'CPU ratio' ];
		print( table( head, results.map( ( { variant, ...result } ) => [
			variant.name,
			...[ result.first_ms, result.added_ms, result.ms ].map( ( ms ) => ms.toFixed( 2 ) ),
			result.rate.toFixed( 0 ),
			...[ result.ratio, result.cpu_ms, result.cpu_ratio ].map( ( value ) => value.toFixed( 2 ) ),
		] ) ) );
		return results
			.filter( ( { variant, added_ms } ) => variant.isOurs && added_ms > MAX_ADDED_MS )
			.map( ( { variant, added_ms } ) => `${ variant.name }: adds ${ added_ms.toFixed( 2 ) } ms; ${ MAX_ADDED_MS } were due at most.` );
	} finally {
		upstream.stop();
	}
} );
