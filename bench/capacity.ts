/**
 * `node tools/run.mjs bench/capacity.ts [--jobs 1000] [--call-ms 500]`: what one process with SQLite takes in, gets through and needs, by its own
 * figures. The provider, the site and the clients run beside it. Needs no stack.
 */
import { startFakeOpenAi } from '../gateway/test/fake-openai.ts';
import { startFakeSite } from '../gateway/test/fake-site.ts';
import { buildServer, install, removeServer, request } from '../gateway/test/server-process.ts';
import { createOffer, createTestSite } from '../gateway/test/test-site.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { numberOption, print, run } from './run.ts';
import { table } from './table.ts';

const CLIENTS = 16;
const MS = 1000;
const MIB = 1024 * 1024;

await run( async () => {
	const count = numberOption( 'jobs', 1_000, 5_000 );
	const callMs = numberOption( 'call-ms', 500, 5_000 );
	let secret = '';
	const site = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi( { api_key: 'sk-canary' } );
	provider.respondWith( async () => {
		await wait( callMs );
		return { text: '<p>A small oak table.</p>', usage: { prompt_tokens: 350, completion_tokens: 180, total_tokens: 530 } };
	} );
	const shop = createTestSite( { rest_url: site.rest_url, private_networks: [ '127.0.0.0/8' ] } );
	( { secret } = shop );
	await buildServer();
	const installation = install( shop, provider.url, { LOG_LEVEL: 'info', DRAFTKEEPER_METRICS_PORT: '0' } );
	try {
		const server = await installation.start();
		const port = /"port":(\d+),"msg":"figures are shown"/.exec( server.log.join( '\n' ) )?.[ 1 ] ?? '';
		const figure = async ( name: string ): Promise< number > => {
			const text = await ( await fetch( `http://127.0.0.1:${ port }/metrics` ) ).text();
			return Number( new RegExp( `^draftkeeper_${ name } (\\S+)$`, 'm' ).exec( text )?.[ 1 ] );
		};
		const atRest = await figure( 'process_resident_memory_bytes' );
		const cpuBefore = await figure( 'process_cpu_seconds_total' );

		const begin = performance.now();
		let refused = 0;
		const offers = Array.from( { length: count }, () => createOffer( { model: 'other' } ) );
		await Promise.all( Array.from( { length: CLIENTS }, async ( _, lane ) => {
			for ( const offer of offers.filter( ( __, index ) => index % CLIENTS === lane ) ) {
				const { status } = await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( offer ) );
				refused += status === 202 ? 0 : 1;
			}
		} ) );
		const takenIn = ( performance.now() - begin ) / MS;
		const full = await figure( 'process_resident_memory_bytes' );
		const depth = site.received.length;
		await site.arrived( count - refused );
		const done = ( performance.now() - begin ) / MS;
		const cpu = await figure( 'process_cpu_seconds_total' ) - cpuBefore;
		const after = await figure( 'process_resident_memory_bytes' );
		print( table( [ 'figure', 'value' ], [
			[ 'offers taken in', `${ count - refused } in ${ takenIn.toFixed( 1 ) } s: ${ ( ( count - refused ) / takenIn ).toFixed( 0 ) } a second` ],
			[ 'delivered meanwhile', String( depth ) ],
			[ 'all delivered after', `${ done.toFixed( 1 ) } s: ${ ( count / done ).toFixed( 0 ) } a second` ],
			[ 'processor time a job', `${ ( cpu * MS / count ).toFixed( 1 ) } ms, from offer to acknowledgement` ],
			[ 'memory at rest, with the queue, after', [ atRest, full, after ].map( ( bytes ) => `${ ( bytes / MIB ).toFixed( 0 ) } MiB` ).join( ', ' ) ],
			[ 'calls of the provider', String( provider.requests.length ) ],
		] ) );
		await server.kill( 'SIGTERM' );
		return [
			...( refused === 0 ? [] : [ `${ refused } offers were refused.` ] ),
			...( provider.requests.length === count ? [] : [ `The provider was called ${ provider.requests.length } times for ${ count } jobs.` ] ),
		];
	} finally {
		await Promise.all( [ site.stop(), provider.stop() ] );
		installation.remove();
		removeServer();
	}
} );
