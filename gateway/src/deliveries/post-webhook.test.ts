import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import { createPostWebhook } from './post-webhook.ts';

let server: Server;
let port: number;
let respond: ( response: ServerResponse ) => void;
let paths: string[];
let arrived: Promise< void >;

beforeEach( async () => {
	paths = [];
	let arrive = () => {};
	arrived = new Promise( ( resolve ) => ( arrive = resolve ) );
	server = createServer( ( request, response ) => {
		paths.push( request.url ?? '' );
		arrive();
		respond( response );
	} );
	await new Promise< void >( ( resolve ) => server.listen( 0, '127.0.0.1', resolve ) );
	( { port } = server.address() as AddressInfo );
} );

afterEach( () => new Promise( ( resolve ) => {
	server.close( resolve );
	server.closeAllConnections();
} ) );

async function post( rest: string, private_networks = [ '127.0.0.0/8' ], clock = new ManualClock() ) {
	const webhooks = createPostWebhook( clock );
	const { site } = createTestSite( { rest_url: `http://127.0.0.1:${ port }${ rest }`, private_networks } );
	try {
		return await webhooks.post( site, { 'webhook-id': 'msg_1' }, '{}' );
	} finally {
		await webhooks.close();
	}
}

describe( 'posting a webhook', () => {
	it.each( [
		[ '/wp-json/', '/wp-json/draftkeeper/v1/webhooks/gateway' ], [ '/blog/?rest_route=/', '/blog/?rest_route=/draftkeeper/v1/webhooks/gateway' ],
	] )( 'goes to the route below %s', async ( rest, path ) => {
		respond = ( response ) => response.writeHead( 503, { 'retry-after': '9' } ).end( 'busy' );
		expect( await post( rest ) ).toEqual( { status: 503, body: 'busy', retryAfter: '9' } );
		expect( paths ).toEqual( [ path ] );
	} );

	it( 'follows no redirect', async () => {
		respond = ( response ) => response.writeHead( 302, { location: `http://127.0.0.1:${ port }/elsewhere` } ).end();
		expect( await post( '/wp-json/' ) ).toMatchObject( { status: 302 } );
		expect( paths ).toHaveLength( 1 );
	} );

	it( 'connects to no address outside the site’s networks', async () => {
		await expect( post( '/wp-json/', [] ) ).rejects.toMatchObject( { code: 'address_refused' } );
		expect( paths ).toEqual( [] );
	} );

	it( 'notices that the operator has changed where the site may live', async () => {
		respond = ( response ) => response.end( 'reached' );
		const webhooks = createPostWebhook( new ManualClock() );
		const { site } = createTestSite( { rest_url: `http://localhost:${ port }/wp-json/`, private_networks: [ '127.0.0.0/8', '::1/128' ] } );
		expect( await webhooks.post( site, {}, '{}' ) ).toMatchObject( { body: 'reached' } );
		await expect( webhooks.post( { ...site, private_networks: [] }, {}, '{}' ) ).rejects.toMatchObject( { cause: { code: 'address_refused' } } );
		await webhooks.close();
	} );

	it.each( [ '127.0.0.1', '169.254.169.254', '[::ffff:10.0.0.1]', '[::1]', '[64:ff9b:1::a00:1]', '2130706433', '0x7f.1' ] )( 'refuses %s before it connects', async ( host ) => {
		const webhooks = createPostWebhook( new ManualClock() );
		const { site } = createTestSite( { rest_url: `http://${ host }:${ port }/wp-json/` } );
		await expect( webhooks.post( site, {}, '{}' ) ).rejects.toMatchObject( { code: 'address_refused' } );
		expect( paths ).toEqual( [] );
		await webhooks.close();
	} );

	it( 'reads no more than an acknowledgement can be', async () => {
		respond = ( response ) => response.end( 'x'.repeat( 1_000_000 ) );
		expect( ( await post( '/wp-json/' ) ).body.length ).toBeLessThanOrEqual( 16_384 );
	} );

	it( 'gives up after 15 seconds', async () => {
		respond = () => {};
		const clock = new ManualClock();
		const answer = post( '/wp-json/', undefined, clock ).catch( ( error: unknown ) => error );
		await arrived;
		await clock.advance( 15_000 );
		expect( await answer ).toMatchObject( { message: 'time-out' } );
	} );
} );
