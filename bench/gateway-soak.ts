/**
 * `node tools/run.mjs bench/gateway-soak.ts [--seconds 240] [--rate 20] [--engine redis]`: one process under a steady load in bad weather (a provider
 * that fails, a site that does not hear, cancels, readers that leave): memory, handles and files must not grow, and nothing may be left waiting.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayJob, Offer } from '@draftkeeper/contract';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../gateway/test/private-redis.ts';
import { buildServer, install, removeServer, request } from '../gateway/test/server-process.ts';
import { createOffer, createTestSite, signTicket } from '../gateway/test/test-site.ts';
import { floorOf, takeSample, type Sample } from './gateway-soak/figures.ts';
import { startWeather } from './gateway-soak/weather.ts';
import { numberOption, print, run } from './run.ts';
import { table } from './table.ts';

const seconds = numberOption( 'seconds', 240, 7_200 );
const ratePerSecond = numberOption( 'rate', 20, 200 );
const isOnRedis = process.argv.includes( 'redis' );
/** One job of so many is canceled, and one is read by somebody who leaves. */
const ONE_OF = 5;
/** Longest that anything may wait after the last offer. */
const DRAIN_MS = 90_000;
const FEW = 5;
const MIB = 1024 * 1024;
const KIB = 1024;
/** What the noise of a collector may be; a leak of one object a job is more in a long run. */
const MAX_HEAP_GROWTH = 6 * MIB;
const MAX_RSS_GROWTH = 24 * MIB;
/** Connections come and go with the load. */
const MAX_MORE_HANDLES = 8;
const MAX_WAL_BYTES = 16 * MIB;
const MAX_KEPT_BYTES_OF_A_JOB = 12 * KIB;

await run( soak, ( seconds + 240 ) * 1_000 );

async function soak(): Promise< string[] > {
	let secret = '';
	const weather = await startWeather( () => secret );
	const shop = createTestSite( { rest_url: weather.site.rest_url, private_networks: [ '127.0.0.0/8' ] } );
	( { secret } = shop );
	const redis = isOnRedis ? await startPrivateRedis() : null;
	const client = redis === null ? null : new Redis( redis.url );
	await buildServer();
	const installation = install( shop, weather.provider.url, {
		LOG_LEVEL: 'info', DRAFTKEEPER_METRICS_PORT: '0', ...( redis === null ? {} : { DRAFTKEEPER_REDIS_URL: redis.url, DRAFTKEEPER_DATABASE: '' } ),
	} );
	try {
		const server = await installation.start();
		const metrics = `http://127.0.0.1:${ /"port":(\d+),"msg":"figures are shown"/.exec( server.log.join( '\n' ) )?.[ 1 ] ?? '' }/metrics`;
		const sample = () => takeSample( metrics, installation.environment[ 'DRAFTKEEPER_DATABASE' ] ?? '', client );
		const samples: Sample[] = [];
		const accepted: Offer[] = [];
		const answerMs: number[] = [];
		const refused: number[] = [];
		const offer = async ( index: number ) => {
			const created = createOffer( { model: 'other' } );
			const one: Offer = { ...created, messages: [ { role: 'user', content: created.uuid } ] };
			const begin = performance.now();
			const { status } = await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( one ) );
			answerMs.push( performance.now() - begin );
			if ( status !== 202 ) {
				refused.push( status );
				return;
			}
			accepted.push( one );
			if ( index % ONE_OF === 0 ) {
				await delay( index % 100 );
				await request( shop, 'DELETE', `${ server.origin }/v1/jobs/${ one.uuid }` );
			} else if ( index % ONE_OF === 1 ) {
				await readAndLeave( one.uuid, server.origin );
			}
		};
		const readAndLeave = async ( uuid: string, origin: string ) => {
			const ticket = await signTicket( shop, { job: uuid, now: Date.now() }, { claims: { aud: origin } } );
			const leave = new AbortController();
			const stream = await fetch( `${ origin }/v1/jobs/${ uuid }/events`, {
				headers: { authorization: `Bearer ${ ticket }`, origin: new URL( shop.site.home ).origin }, signal: leave.signal,
			} );
			await stream.body?.getReader().read();
			leave.abort();
		};

		const startedAt = performance.now();
		const under: Promise< void >[] = [];
		const lost: unknown[] = [];
		for ( let index = 0; performance.now() - startedAt < seconds * 1_000; index++ ) {
			under.push( offer( index ).catch( ( error: unknown ) => void lost.push( error ) ) );
			if ( index % ratePerSecond === 0 ) {
				server.log.length = 0;
				samples.push( await sample() );
			}
			await delay( startedAt + ( index + 1 ) * 1_000 / ratePerSecond - performance.now() );
		}
		await Promise.all( under );
		const loadEndedAt = performance.now();
		let last = await sample();
		const isAtRest = () => last.waiting === 0 && last.undelivered === 0 && accepted.every( ( { uuid } ) => weather.applied.has( uuid ) );
		while ( performance.now() - loadEndedAt < DRAIN_MS && ! isAtRest() ) {
			await delay( 250 );
			last = await sample();
		}
		const restedAfter = ( performance.now() - loadEndedAt ) / 1_000;
		const third = Math.floor( samples.length / 3 );
		const [ middle, end ] = [ samples.slice( third, 2 * third ), samples.slice( 2 * third ) ];
		const [ before, after ] = [ answerMs.slice( 0, answerMs.length / 2 ), answerMs.slice( answerMs.length / 2 ) ];
		const growth = ( figure: keyof Sample ) => floorOf( end, figure ) - floorOf( middle, figure );
		const first = samples[ 0 ] ?? last;
		const kept = ( isOnRedis ? last.redis - first.redis : last.file - first.file ) / Math.max( 1, accepted.length );
		const most = ( figure: keyof Sample ) => Math.max( ...samples.map( ( one ) => one[ figure ] ) );
		const mib = ( bytes: number ) => `${ ( bytes / MIB ).toFixed( 1 ) } MiB`;
		const calls = [ ...weather.calls.values() ].reduce( ( sum, count ) => sum + count, 0 );
		print( `${ isOnRedis ? 'Redis' : 'SQLite' }: ${ accepted.length } jobs in ${ seconds } s, ${ calls } calls; at rest ${ restedAfter.toFixed( 1 ) } s after the last offer` );
		print( table( [ 'figure', 'middle third', 'last third', 'most' ], [
			...( [ 'heap', 'rss' ] as const ).map( ( figure ) => [
				`${ figure }, least`, mib( floorOf( middle, figure ) ), mib( floorOf( end, figure ) ), mib( most( figure ) ),
			] ),
			...( [ 'fds', 'handles', 'waiting', 'undelivered' ] as const ).map( ( figure ) => [
				`${ figure }, least`, String( floorOf( middle, figure ) ), String( floorOf( end, figure ) ), String( most( figure ) ),
			] ),
			...( isOnRedis ? [] : [ [ 'log beside the file', mib( floorOf( middle, 'wal' ) ), mib( floorOf( end, 'wal' ) ), mib( most( 'wal' ) ) ] ] ),
		] ) );
		print( `kept of a job: ${ ( kept / KIB ).toFixed( 1 ) } KiB; answer to an offer, p99: ${ p99( before ) } ms in the first half, ${ p99( after ) } ms in the second` );
		const books = await Promise.all( accepted.map( async ( { uuid } ) => ( await request( shop, 'GET', `${ server.origin }/v1/jobs/${ uuid }` ) ).body as GatewayJob ) );
		await server.kill( 'SIGTERM' );
		return [
			...( lost.length === 0 ? [] : [ `${ lost.length } requests were not answered: ${ String( lost[ 0 ] ) }` ] ),
			...( refused.length === 0 ? [] : [ `${ refused.length } offers were refused, with ${ refused[ 0 ] }` ] ),
			...few( books.filter( ( { finished } ) => finished === null ).map( ( { uuid, state } ) => `${ uuid } is ${ state } at the end` ) ),
			...few( books.filter( ( { uuid, finished } ) => ( weather.calls.get( uuid ) ?? 0 ) > ( finished?.attempts.length ?? 0 ) ).map( ( { uuid } ) => `${ uuid }: calls that are not on the books` ) ),
			...few( books.filter( ( { uuid, state } ) => weather.applied.get( uuid )?.outcome.status !== state ).map( ( { uuid, state } ) => `${ uuid } is ${ state }, but not at its site` ) ),
			...( last.waiting === 0 && last.undelivered === 0 ? [] : [ `${ last.waiting } jobs and ${ last.undelivered } results are left` ] ),
			...( growth( 'heap' ) <= MAX_HEAP_GROWTH ? [] : [ `the heap grows: ${ mib( growth( 'heap' ) ) }` ] ),
			...( growth( 'rss' ) <= MAX_RSS_GROWTH ? [] : [ `the memory grows: ${ mib( growth( 'rss' ) ) }` ] ),
			...( growth( 'fds' ) <= MAX_MORE_HANDLES && growth( 'handles' ) <= MAX_MORE_HANDLES ? [] : [ `${ growth( 'fds' ) } files and ${ growth( 'handles' ) } handles more` ] ),
			...( most( 'wal' ) <= MAX_WAL_BYTES ? [] : [ `the log beside the file takes ${ mib( most( 'wal' ) ) }` ] ),
			...( kept <= MAX_KEPT_BYTES_OF_A_JOB ? [] : [ `${ ( kept / KIB ).toFixed( 1 ) } KiB are kept of each job` ] ),
		];
	} finally {
		client?.disconnect();
		await Promise.all( [ weather.stop(), redis?.remove() ] );
		installation.remove();
		removeServer();
	}
}

/** The first of them: one cause has many victims. */
function few( lines: readonly string[] ): string[] {
	return lines.length <= FEW ? [ ...lines ] : [ ...lines.slice( 0, FEW ), `… and ${ lines.length - FEW } more` ];
}

function p99( values: readonly number[] ): string {
	return ( [ ...values ].sort( ( a, b ) => a - b )[ Math.floor( values.length * 0.99 ) ] ?? 0 ).toFixed( 0 );
}
