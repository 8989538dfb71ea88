import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { SqliteJobStore } from '../jobs/sqlite-job-store.ts';
import { createLogger } from '../observability/logger.ts';
import { DeliveryWorker } from './delivery-worker.ts';
import type { DeliveryStore, DeliveryVerdict } from './delivery-store.ts';
import { createPostWebhook } from './post-webhook.ts';
import { SqliteDeliveryStore } from './sqlite-delivery-store.ts';

/** How WordPress, or whatever stands before it, answers a try. `applied` tells whether it has taken the result. */
type Weather = ( response: ServerResponse, receipt: string ) => { applied: boolean };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Times of the ten tries, when chance adds nothing. */
const SCHEDULE = [ 0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR ]
	.map( ( _, index, waits ) => waits.slice( 0, index + 1 ).reduce( ( sum, wait ) => sum + wait ) );

const answers = ( status: number, body = '', headers: Record< string, string > = {} ): Weather => ( response ) => {
	response.writeHead( status, headers ).end( body );
	return { applied: false };
};
const acknowledges: Weather = ( response, receipt ) => {
	response.writeHead( 200, { 'content-type': 'application/json' } ).end( receipt );
	return { applied: true };
};
const losesTheAcknowledgement: Weather = ( response ) => {
	response.socket?.resetAndDestroy();
	return { applied: true };
};
const breaksTheConnection: Weather = ( response ) => {
	response.socket?.resetAndDestroy();
	return { applied: false };
};
const isSilent: Weather = () => ( { applied: false } );

let server: Server;
let weather: Weather[];
let requests: { at: number; id: string; body: string; applied: boolean }[];
let clock: ManualClock;
let database: SqliteDatabase;
let verdicts: DeliveryVerdict[];
let arrivals: () => void;

beforeEach( async () => {
	[ weather, requests, verdicts ] = [ [], [], [] ];
	clock = new ManualClock();
	database = openDatabase( ':memory:' );
	arrivals = () => {};
	server = createServer( async ( request: IncomingMessage, response ) => {
		const chunks: Buffer[] = [];
		for await ( const chunk of request ) {
			chunks.push( chunk as Buffer );
		}
		const id = String( request.headers[ 'webhook-id' ] );
		const { applied } = ( weather[ requests.length ] ?? acknowledges )( response, JSON.stringify( { received: id } ) );
		requests.push( { at: clock.now(), id, body: Buffer.concat( chunks ).toString(), applied } );
		arrivals();
	} );
	await new Promise< void >( ( resolve ) => server.listen( 0, '127.0.0.1', resolve ) );
} );

afterEach( () => new Promise( ( resolve ) => {
	database.close();
	server.close( resolve );
	server.closeAllConnections();
} ) );

/** Brings one result through the given weather; answers when each try was made, in milliseconds from the first. */
async function deliverThrough( ...days: Weather[] ) {
	weather = days;
	const store = new SqliteDeliveryStore( database );
	const settlements: ( () => void )[] = [];
	const watched = Object.assign( Object.create( store ) as DeliveryStore, {
		claimDelivery: store.claimDelivery.bind( store ),
		renewDelivery: store.renewDelivery.bind( store ),
		nextDeliveryDueAt: store.nextDeliveryDueAt.bind( store ),
		async settleDelivery( id: string, verdict: DeliveryVerdict, now: number ) {
			await store.settleDelivery( id, verdict, now );
			verdicts.push( verdict );
			settlements.shift()?.();
		},
	} );
	const { port } = server.address() as AddressInfo;
	const { site } = createTestSite( { rest_url: `http://127.0.0.1:${ port }/wp-json/`, private_networks: [ '127.0.0.0/8' ] } );
	const webhooks = createPostWebhook( clock );
	const worker = new DeliveryWorker( {
		store: watched, sites: new Map( [ [ site.tenant, site ] ] ), post: webhooks.post, clock, random: () => 0, logger: createLogger( 'silent' ),
	} );
	const jobs = new SqliteJobStore( database );
	const key = { tenant: site.tenant, uuid: randomUUID() };
	await jobs.accept( {
		...key, request_id: randomUUID(), task: 'product_description', model: 'sample', body_hash: 'hash', accepted_at: clock.now(), expires_at: clock.now() + 1,
		request: { messages: [], temperature: 0, max_output_tokens: 1 },
	} );
	await jobs.cancel( key, clock.now() );
	const begunAt = clock.now();
	let begin: () => unknown = () => worker.wake();
	for ( ;; ) {
		const settled = new Promise< void >( ( resolve ) => settlements.push( resolve ) );
		const arrived = new Promise< void >( ( resolve ) => ( arrivals = resolve ) );
		await begin();
		await arrived;
		if ( weather[ requests.length - 1 ] === isSilent ) {
			await clock.advance( 15 * SECOND );
		}
		await settled;
		const last = verdicts.at( -1 );
		if ( last?.then !== 'retry' ) {
			break;
		}
		begin = () => clock.advance( last.at - clock.now() );
	}
	await worker.stop();
	await webhooks.close();
	expect( new Set( requests.map( ( { id, body } ) => `${ id } ${ body }` ) ).size ).toBe( 1 );
	return requests.map( ( { at } ) => at - begunAt );
}

describe( 'a result', () => {
	it( 'that meets nine errors keeps to the schedule and arrives with the tenth try', async () => {
		expect( await deliverThrough( ...Array< Weather >( 9 ).fill( answers( 500 ) ) ) ).toEqual( SCHEDULE );
		expect( verdicts.at( -1 ) ).toEqual( { then: 'acknowledged' } );
	} );

	it( 'that meets ten becomes a dead letter', async () => {
		expect( await deliverThrough( ...Array< Weather >( 10 ).fill( answers( 500 ) ) ) ).toEqual( SCHEDULE );
		expect( verdicts.at( -1 ) ).toEqual( { then: 'dead', failure: 'http 500' } );
	} );

	it.each< [ string, Weather ] >( [
		[ 'a redirect', answers( 302, '', { location: 'http://127.0.0.1:9/' } ) ],
		[ 'a page that is gone', answers( 410 ) ],
		[ 'a firewall’s page with HTTP 200', answers( 200, '<html>Checking your browser…</html>', { 'content-type': 'text/html' } ) ],
		[ 'somebody else’s receipt', answers( 200, '{"received":"msg_other"}' ) ],
		[ 'a connection that breaks', breaksTheConnection ],
	] )( 'that meets %s is tried again', async ( _name, obstacle ) => {
		expect( await deliverThrough( obstacle, obstacle ) ).toEqual( SCHEDULE.slice( 0, 3 ) );
		expect( requests.filter( ( { applied } ) => applied ) ).toHaveLength( 1 );
	} );

	it( 'waits through maintenance for as long as the site asks', async () => {
		expect( await deliverThrough( answers( 503, '', { 'retry-after': '600' } ), answers( 503, '', { 'retry-after': '1' } ) ) ).toEqual( [ 0, 600 * SECOND, 900 * SECOND ] );
	} );

	it( 'waits no longer than 15 seconds for a site that says nothing', async () => {
		expect( await deliverThrough( isSilent ) ).toEqual( [ 0, 20 * SECOND ] );
		expect( verdicts[ 0 ] ).toMatchObject( { then: 'retry', failure: 'time-out' } );
	} );

	it( 'whose acknowledgement is lost comes again under the same id, so that it is applied once', async () => {
		expect( await deliverThrough( losesTheAcknowledgement ) ).toEqual( SCHEDULE.slice( 0, 2 ) );
		expect( requests.map( ( { applied } ) => applied ) ).toEqual( [ true, true ] );
		expect( new Set( requests.map( ( { id } ) => id ) ).size ).toBe( 1 );
	} );
} );
