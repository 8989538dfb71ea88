import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './gateway-file.ts';

const pem = ( curve: string ) => generateKeyPairSync( 'ec', { namedCurve: curve } ).publicKey.export( { type: 'spki', format: 'pem' } );
const privatePem = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).privateKey.export( { type: 'pkcs8', format: 'pem' } );
const publicPem = pem( 'P-256' );
const secret = ( bytes = 32 ) => `whsec_${ randomBytes( bytes ).toString( 'base64' ) }`;

const site = {
	site_id: 'shop', blog_id: 1, home: 'https://shop.test', rest_url: 'https://shop.test/wp-json/', keys: [ { kid: 'k1', public_key: publicPem } ],
	webhook_secret_env: 'SHOP_SECRET', private_networks: [ '127.0.0.0/8', '::1/128' ], models: [ 'sample' ], default_model: 'sample',
};
const free = { input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 };
const model = { id: 'sample', provider: 'sample', upstream_model: 'sample', ...free };
const place = { provider: 'sample', upstream_model: 'sample' };
const local = { kind: 'openai-compatible', base_url: 'http://127.0.0.1:9/v1', api_key_env: 'LOCAL_KEY' };
const file = { sites: [ site ], providers: { sample: { kind: 'sample' }, local }, models: [ model ] };

let folder: string;

beforeAll( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-config-' ) );
} );

afterAll( () => rmSync( folder, { recursive: true } ) );

function environmentFor( content: object | string, overrides: Environment = {} ): Environment {
	const path = join( folder, 'gateway.json' );
	writeFileSync( path, typeof content === 'string' ? content : JSON.stringify( content ) );
	return { DRAFTKEEPER_GATEWAY_CONFIG: path, DRAFTKEEPER_DATABASE: 'gateway.sqlite', SHOP_SECRET: `${ secret() } ${ secret() }`, LOCAL_KEY: 'sk-1', ...overrides };
}

function problemsOf( content: object | string, overrides: Environment = {} ): string {
	try {
		readConfig( environmentFor( content, overrides ) );
	} catch ( error ) {
		expect( error ).toBeInstanceOf( ConfigError );
		return ( error as Error ).message;
	}
	return '';
}

describe( 'the configuration', () => {
	it( 'asks for a SQLite file or a Redis server, and takes the server where both are named', () => {
		const redis = { DRAFTKEEPER_REDIS_URL: 'rediss://gateway:secret@redis.test:6380/1', DRAFTKEEPER_REDIS_DURABILITY: 'managed' };
		expect( readConfig( environmentFor( file ) ) ).toMatchObject( { database: 'gateway.sqlite', redis_url: null, redis_durability: 'checked' } );
		expect( readConfig( environmentFor( file, redis ) ) ).toMatchObject( { database: null, redis_url: redis.DRAFTKEEPER_REDIS_URL, redis_durability: 'managed' } );
		expect( readConfig( environmentFor( file, { DRAFTKEEPER_DATABASE: '', DRAFTKEEPER_REDIS_URL: '/run/redis.sock' } ) ) ).toMatchObject( { database: null, redis_url: '/run/redis.sock' } );
		expect( problemsOf( file, { DRAFTKEEPER_DATABASE: '' } ) ).toContain( 'DRAFTKEEPER_DATABASE is missing: the path of the SQLite file, unless DRAFTKEEPER_REDIS_URL' );
		expect( problemsOf( file, { DRAFTKEEPER_REDIS_URL: 'http://redis.test' } ) ).toContain( 'DRAFTKEEPER_REDIS_URL must be redis://' );
	} );

	it( 'is read from the environment and the file it names', () => {
		const config = readConfig( environmentFor( file ) );
		expect( config ).toMatchObject( { host: '127.0.0.1', port: 8787, origin: null, database: 'gateway.sqlite', log_level: 'info', worker_concurrency: 8 } );
		expect( config.models ).toEqual( [ { id: 'sample', route: [ { provider: 'sample', upstream_model: 'sample', ...free } ] } ] );
		expect( config.providers ).toMatchObject( [
			{ name: 'sample', kind: 'sample', api_key: null, pause_ms: 0 },
			{ name: 'local', kind: 'openai-compatible', base_url: local.base_url, api_key: 'sk-1', stream: true, first_token_ms: 60_000, breaker_failures: 5 },
		] );
		const shop = config.sites.get( 'shop:1' );
		expect( shop?.webhook_secrets.map( ( { length } ) => length ) ).toEqual( [ 32, 32 ] );
		expect( shop?.keys.get( 'k1' )?.asymmetricKeyType ).toBe( 'ec' );
	} );

	it( 'lets a site that names no models use all of them, the first unless another is named', () => {
		const { models: _models, default_model: _first, ...anyModel } = site;
		const two = { ...file, models: [ model, { ...model, id: 'second' } ] };
		expect( readConfig( environmentFor( { ...two, sites: [ anyModel ] } ) ).sites.get( 'shop:1' ) ).toMatchObject( { models: [ 'sample', 'second' ], default_model: 'sample' } );
		expect( readConfig( environmentFor( { ...two, sites: [ { ...anyModel, default_model: 'second' } ] } ) ).sites.get( 'shop:1' ) ).toMatchObject( { default_model: 'second' } );
	} );

	it( 'opens no API and no other origin to a site that asks for neither', () => {
		expect( readConfig( environmentFor( file ) ).sites.get( 'shop:1' ) ).toMatchObject( { origins: [], api: false, api_secrets: [] } );
	} );

	it( 'reads a site’s further origins, and the secrets of its other programs', () => {
		const open = { ...site, origins: [ 'https://WWW.shop.test', 'https://editor.shop.test:8443/' ], api: true, api_secret_env: 'SHOP_API_SECRET' };
		const SHOP_API_SECRET = secret().replace( 'whsec_', 'dksec_' );
		expect( readConfig( environmentFor( { ...file, sites: [ open ] }, { SHOP_API_SECRET } ) ).sites.get( 'shop:1' ) ).toMatchObject( {
			origins: [ 'https://www.shop.test', 'https://editor.shop.test:8443' ], api: true, api_secrets: [ expect.any( Buffer ) ],
		} );
		expect( problemsOf( { ...file, sites: [ open ] }, { SHOP_API_SECRET: secret() } ) ).toContain( 'SHOP_API_SECRET holds something that is no "dksec_"' );
		expect( problemsOf( { ...file, sites: [ { ...site, origins: [ 'https://shop.test/path' ] } ] } ) ).toContain( 'sites.0.origins.0 must be an origin' );
	} );

	it( 'takes every kind of provider, and models that are in several places', () => {
		const providers = {
			...file.providers,
			openai: { kind: 'openai', api_key_env: 'LOCAL_KEY', idle_ms: 5_000, max_jobs: 4 },
			anthropic: { kind: 'anthropic', api_key_env: 'LOCAL_KEY', base_url: 'http://127.0.0.1:9/v1' },
			google: { kind: 'google', api_key_env: 'LOCAL_KEY' },
		};
		const route = [ { provider: 'openai', upstream_model: 'gpt-4.1-mini' }, { provider: 'anthropic', upstream_model: 'claude-haiku-4-5', ...free } ];
		const config = readConfig( environmentFor( { ...file, providers, models: [ model, { id: 'writer', route } ], worker_concurrency: 20 } ) );
		expect( config.models[ 1 ] ).toEqual( { id: 'writer', route } );
		expect( config.providers.slice( 2 ) ).toMatchObject( [
			{ name: 'openai', api_key: 'sk-1', idle_ms: 5_000, max_jobs: 4 }, { base_url: 'http://127.0.0.1:9/v1' }, { name: 'google', api_key: 'sk-1' },
		] );
		expect( config.worker_concurrency ).toBe( 20 );
	} );

	it( 'takes host, port and public origin', () => {
		const overrides = { HOST: '0.0.0.0', PORT: '0', DRAFTKEEPER_GATEWAY_ORIGIN: 'https://Gateway.test/', LOG_LEVEL: 'warn' };
		expect( readConfig( environmentFor( file, overrides ) ) ).toMatchObject( { host: '0.0.0.0', port: 0, origin: 'https://gateway.test', log_level: 'warn' } );
	} );

	it( 'names every missing or wrong variable at once', () => {
		let message = '';
		try {
			readConfig( { PORT: 'eighty', DRAFTKEEPER_GATEWAY_ORIGIN: 'https://gateway.test/path', LOG_LEVEL: 'loud', DRAFTKEEPER_DATABASE: '' } );
		} catch ( error ) {
			message = ( error as Error ).message;
		}
		for ( const name of [ 'DRAFTKEEPER_GATEWAY_CONFIG', 'DRAFTKEEPER_DATABASE', 'PORT', 'DRAFTKEEPER_GATEWAY_ORIGIN', 'LOG_LEVEL' ] ) {
			expect( message ).toContain( name );
		}
	} );

	it( 'names every missing secret at once, and quotes none', () => {
		const message = problemsOf( file, { SHOP_SECRET: '', LOCAL_KEY: undefined } );
		expect( message ).toContain( 'SHOP_SECRET is missing' );
		expect( message ).toContain( 'LOCAL_KEY is missing' );
		const short = secret( 8 );
		expect( problemsOf( file, { SHOP_SECRET: short } ) ).toMatch( /SHOP_SECRET holds a secret that is not 24 to 64 bytes long/ );
		expect( problemsOf( file, { SHOP_SECRET: short } ) ).not.toContain( short );
	} );

	it.each< [ string, object | string, RegExp ] >( [
		[ 'no JSON', '{', /is not valid JSON/ ],
		[ 'a model without a place', { ...file, models: [ { id: 'sample' } ] }, /models\.0\.provider/ ],
		[ 'half a price', { ...file, models: [ { ...model, output_micros_per_million_tokens: undefined } ] }, /models\.0 must hold both prices/ ],
		[ 'an empty route', { ...file, models: [ { id: 'sample', route: [] } ] }, /models\.0\.route must hold a place/ ],
		[ 'a route beside a place', { ...file, models: [ { ...model, route: [ place ] } ] }, /models\.0\.provider belongs into the places of the route/ ],
		[ 'a route to nowhere', { ...file, models: [ { id: 'sample', route: [ place, { ...place, provider: 'gone' } ] } ] }, /names no provider: gone/ ],
		[ 'a key for the sample writer', { ...file, providers: { sample: { kind: 'sample', api_key_env: 'LOCAL_KEY' } } }, /api_key_env/ ],
		[ 'a provider without its key', { ...file, providers: { sample: { kind: 'openai' } } }, /providers\.sample\.api_key_env/ ],
		[ 'no sites', { ...file, sites: [] }, /sites must hold a site/ ],
		[ 'an unknown setting', { ...file, site: [] }, /site/ ],
		[ 'a private key', { ...file, sites: [ { ...site, keys: [ { kid: 'k1', public_key: privatePem } ] } ] }, /sites\.0\.keys\.0\.public_key must be a public key/ ],
		[ 'a key on another curve', { ...file, sites: [ { ...site, keys: [ { kid: 'k1', public_key: pem( 'P-384' ) } ] } ] }, /P-256/ ],
		[ 'two keys of one id', { ...file, sites: [ { ...site, keys: [ ...site.keys, ...site.keys ] } ] }, /two keys of one id: k1/ ],
		[ 'a REST address without a slash', { ...file, sites: [ { ...site, rest_url: 'https://shop.test/wp-json' } ] }, /rest_url must end in a slash/ ],
		[ 'an address that is no web address', { ...file, sites: [ { ...site, home: 'ftp://shop.test' } ] }, /home must be an http or https address/ ],
		[ 'a network that is none', { ...file, sites: [ { ...site, private_networks: [ '10.0.0.1' ] } ] }, /must be a network/ ],
		[ 'a model that is not listed', { ...file, sites: [ { ...site, models: [ 'sample', 'gpt' ] } ] }, /names no model: gpt/ ],
		[ 'a default that is not allowed', { ...file, sites: [ { ...site, default_model: 'gpt' } ] }, /default_model is not among the site’s models/ ],
		[ 'a provider that is not listed', { ...file, models: [ { ...model, provider: 'gone' } ] }, /names no provider: gone/ ],
		[ 'a provider of an unknown kind', { ...file, providers: { sample: { kind: 'magic' } } }, /providers\.sample/ ],
		[ 'a negative price', { ...file, models: [ { ...model, input_micros_per_million_tokens: -1 } ] }, /input_micros_per_million_tokens/ ],
		[ 'a site twice', { ...file, sites: [ site, site ] }, /is there twice: shop:1/ ],
		[ 'a model twice', { ...file, models: [ model, model ] }, /is there twice: sample/ ],
	] )( 'is refused with %s', ( _what, content, expected ) => {
		expect( problemsOf( content ) ).toMatch( expected );
	} );

	it( 'is refused when its file is not there', () => {
		expect( () => readConfig( environmentFor( file, { DRAFTKEEPER_GATEWAY_CONFIG: join( folder, 'gone.json' ) } ) ) ).toThrow( /gone\.json cannot be read/ );
	} );
} );
