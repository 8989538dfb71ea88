import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestSite } from '../../test/test-site.ts';
import { addCors, fromBrowsers } from './cors.ts';

const shop = createTestSite( { home: 'https://shop.test/en', origins: [ 'https://www.shop.test' ] } ).site;
const blog = createTestSite( { site_id: 'blog', home: 'http://blog.test:8080' } ).site;
let app: FastifyInstance;

beforeEach( () => {
	app = Fastify();
	addCors( app );
	const config = fromBrowsers( new Map( [ [ shop.tenant, shop ], [ blog.tenant, blog ] ] ) );
	app.get( '/open/:id', { config }, () => 'read' );
	app.post( '/open/:id', { config }, () => 'written' );
	app.get( '/closed', () => 'closed' );
} );

afterEach( () => app.close() );

const preflight = ( url: string, origin: string, method = 'GET' ) => app.inject( {
	method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,x-stainless-os' },
} );

describe( 'a route for browsers', () => {
	it.each( [ 'https://shop.test', 'https://www.shop.test', 'http://blog.test:8080' ] )( 'answers the preflight of a page of %s, and for two hours', async ( origin ) => {
		const response = await preflight( '/open/7', origin, 'POST' );
		expect( response.statusCode ).toBe( 204 );
		expect( response.headers ).toMatchObject( {
			'access-control-allow-origin': origin,
			'access-control-allow-headers': 'authorization,x-stainless-os',
			'access-control-max-age': '7200',
			vary: expect.stringMatching( /Origin/i ),
		} );
		expect( response.headers[ 'access-control-allow-methods' ] ).toContain( 'POST' );
		expect( response.headers ).not.toHaveProperty( 'access-control-allow-credentials' );
	} );

	it.each( [
		'https://evil.test', 'http://shop.test', 'https://shop.test.evil.test', 'https://shop.test:444', 'null', '*', 'https://shop.test, https://evil.test',
	] )( 'tells a page of %s nothing', async ( origin ) => {
		const response = await preflight( '/open/7', origin );
		expect( response.statusCode ).toBe( 404 );
		expect( Object.keys( response.headers ).filter( ( name ) => name.startsWith( 'access-control' ) ) ).toEqual( [] );
		const read = await app.inject( { url: '/open/7', headers: { origin } } );
		expect( read.headers ).not.toHaveProperty( 'access-control-allow-origin' );
		expect( read.headers.vary ).toMatch( /Origin/i );
	} );

	it( 'lets the page read the answer and the headers that say when to come back', async () => {
		const response = await app.inject( { url: '/open/7', headers: { origin: 'https://www.shop.test' } } );
		expect( response.headers[ 'access-control-allow-origin' ] ).toBe( 'https://www.shop.test' );
		expect( response.headers[ 'access-control-expose-headers' ] ).toContain( 'retry-after' );
	} );
} );

describe( 'any other route', () => {
	it( 'is not there for scripts of any page', async () => {
		expect( ( await preflight( '/closed', 'https://shop.test' ) ).statusCode ).toBe( 404 );
		const response = await app.inject( { url: '/closed', headers: { origin: 'https://shop.test' } } );
		expect( response.body ).toBe( 'closed' );
		expect( response.headers ).not.toHaveProperty( 'access-control-allow-origin' );
	} );
} );
