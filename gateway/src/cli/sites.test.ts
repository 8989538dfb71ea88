import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { sites } from './sites.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const SECRET = `whsec_${ Buffer.alloc( 32, 1 ).toString( 'base64' ) }`;
const pem = () => generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).publicKey.export( { type: 'spki', format: 'pem' } ).toString();
/** Written by hand: two spaces, lists on one line, an order of its own. */
const content = `{
  "models": [ { "id": "sample", "provider": "sample", "upstream_model": "sample", "input_micros_per_million_tokens": 0, "output_micros_per_million_tokens": 0 } ],
  "providers": { "sample": { "kind": "sample" } },
  "sites": [
    {
      "site_id": "shop", "home": "https://shop.test", "rest_url": "https://shop.test/wp-json/",
      "keys": [ { "kid": "old", "public_key": ${ JSON.stringify( pem() ) } } ],
      "webhook_secret_env": "SHOP_WEBHOOK_SECRET", "models": [ "sample" ], "default_model": "sample"
    }
  ]
}
`;

let folder: string;
const path = () => join( folder, 'gateway.json' );
const secretsPath = () => join( folder, 'secrets.env' );
const read = () => readFileSync( path(), 'utf8' );
const environment = () => ( {
	DRAFTKEEPER_GATEWAY_CONFIG: path(), DRAFTKEEPER_SECRETS_FILE: secretsPath(), DRAFTKEEPER_DATABASE: ':memory:', DRAFTKEEPER_GATEWAY_ORIGIN: 'https://gateway.test',
} );

beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-sites-' ) );
	writeFileSync( path(), content );
	writeFileSync( secretsPath(), `# secrets\nSHOP_WEBHOOK_SECRET=${ SECRET }\nOPENAI_API_KEY=sk-1`, { mode: 0o600 } );
} );

afterEach( () => rmSync( folder, { recursive: true } ) );

async function run( args: string[], changes: Record< string, string | undefined > = {} ) {
	const out: string[] = [];
	const notes: string[] = [];
	await sites.run( args, {
		environment: { ...environment(), ...changes }, now: () => NOW, randomBytes,
		write: ( line ) => void out.push( line ), note: ( line ) => void notes.push( line ),
	} );
	return { out: out.join( '\n' ), notes: notes.join( '\n' ) };
}

const shop = () => readConfig( environment() ).sites.get( 'shop:1' );
const constant = ( lines: string, name: string ) => new RegExp( `define\\( '${ name }', '([^']*)' \\);` ).exec( lines )?.[ 1 ] ?? '';

describe( 'sites list', () => {
	it( 'shows who may use the gateway, and who is switched off', async () => {
		expect( ( await run( [ 'list' ] ) ).out ).toMatch( /^SITE +STATE.*\nshop:1 +on +https:\/\/shop\.test +old +SHOP_WEBHOOK_SECRET \(1\) +sample$/ );
		await run( [ 'disable', 'shop' ] );
		expect( ( await run( [ 'list' ] ) ).out ).toMatch( /\nshop:1 +off +/ );
		await run( [ 'disable', '--all' ] );
		expect( ( await run( [ 'list' ] ) ).out ).toMatch( /\nshop:1 +off \(gateway\)/ );
	} );
} );

describe( 'sites list, before there is one', () => {
	it( 'says how to register the first', async () => {
		writeFileSync( path(), JSON.stringify( { ...JSON.parse( content ) as object, sites: [] } ) );
		const { out, notes } = await run( [ 'list' ] );
		expect( out ).toBe( '' );
		expect( notes ).toContain( 'sites add' );
	} );
} );

describe( 'sites disable and enable', () => {
	it( 'changes one line of the file and leaves the rest as it was written', async () => {
		await run( [ 'disable', 'shop' ] );
		expect( shop()?.disabled ).toBe( true );
		expect( read().replace( ',\n      "disabled": true', '' ) ).toBe( content );
		await run( [ 'enable', 'shop' ] );
		expect( read() ).toBe( content );
	} );

	it( 'throws the switch for the whole gateway', async () => {
		await run( [ 'disable', '--all' ] );
		await run( [ 'disable', 'shop' ] );
		expect( ( await run( [ 'enable', 'shop' ] ) ).notes ).toContain( 'The whole gateway is still off' );
		expect( shop()?.disabled ).toBe( true );
		await run( [ 'enable', '--all' ] );
		expect( shop()?.disabled ).toBe( false );
	} );

	it.each( [ [ [ 'disable' ] ], [ [ 'disable', 'shop', '--all' ] ], [ [ 'disable', 'blog' ] ], [ [ 'forget', 'shop' ] ], [ [] ], [ [ 'disable', '--everything' ] ] ] )(
		'does nothing when asked with %j', async ( args ) => {
			await expect( run( args ) ).rejects.toMatchObject( { name: 'CommandError' } );
			expect( read() ).toBe( content );
		}
	);
} );

describe( 'sites add', () => {
	it( 'registers a site and shows what belongs into its wp-config.php', async () => {
		const { out, notes } = await run( [ 'add', 'blog:2', '--home', 'https://blog.test/', '--models', 'sample' ] );
		const site = readConfig( environment() ).sites.get( 'blog:2' );
		expect( site ).toMatchObject( { home: 'https://blog.test', rest_url: 'https://blog.test/wp-json/', models: [ 'sample' ], default_model: 'sample', disabled: false } );
		expect( constant( out, 'DRAFTKEEPER_GATEWAY_URL' ) ).toBe( 'https://gateway.test' );
		expect( constant( out, 'DRAFTKEEPER_SITE_ID' ) ).toBe( 'blog' );
		const signing = createPrivateKey( constant( out, 'DRAFTKEEPER_SIGNING_KEY' ).replaceAll( '\\n', '\n' ) );
		expect( site?.keys.get( constant( out, 'DRAFTKEEPER_KEY_ID' ) )?.equals( createPublicKey( signing ) ) ).toBe( true );
		expect( site?.webhook_secrets[ 0 ]?.toString( 'base64' ) ).toBe( constant( out, 'DRAFTKEEPER_WEBHOOK_SECRET' ).slice( 'whsec_'.length ) );
		expect( notes ).toContain( 'BLOG_2_WEBHOOK_SECRET is in' );
	} );

	it( 'keeps secrets and private keys out of the file with sites, and the file with secrets to its owner', async () => {
		const { out } = await run( [ 'add', 'blog', '--home', 'https://blog.test' ] );
		expect( read() ).not.toMatch( /whsec_|PRIVATE/ );
		expect( readFileSync( secretsPath(), 'utf8' ) ).toBe(
			`# secrets\nSHOP_WEBHOOK_SECRET=${ SECRET }\nOPENAI_API_KEY=sk-1\nBLOG_WEBHOOK_SECRET=${ constant( out, 'DRAFTKEEPER_WEBHOOK_SECRET' ) }\n`
		);
		expect( statSync( secretsPath() ).mode & 0o777 ).toBe( 0o600 );
		expect( readdirSync( folder ).sort() ).toEqual( [ 'gateway.json', 'secrets.env' ] );
	} );

	it( 'shows the secret for the environment where no file takes it', async () => {
		const { out, notes } = await run( [ 'add', 'blog', '--home', 'https://blog.test' ], { DRAFTKEEPER_SECRETS_FILE: undefined } );
		expect( notes ).toContain( `BLOG_WEBHOOK_SECRET=${ constant( out, 'DRAFTKEEPER_WEBHOOK_SECRET' ) }` );
		expect( notes ).toContain( 'restarted' );
	} );

	it.each( [
		[ 'http://127.0.0.1:8080', [], [ '127.0.0.0/8', '::1/128' ] ],
		[ 'http://shop.localhost', [], [ '127.0.0.0/8', '::1/128' ] ],
		[ 'http://10.1.2.3', [], [ '10.1.2.3/32' ] ],
		[ 'http://[fd00::5]', [], [ 'fd00::5/128' ] ],
		[ 'https://93.184.216.34', [], [] ],
		[ 'https://blog.test', [], [] ],
		[ 'https://blog.test', [ '--private-networks', '10.0.0.0/8,192.168.0.0/16' ], [ '10.0.0.0/8', '192.168.0.0/16' ] ],
	] )( 'lets results reach %s %j', async ( home, options, networks ) => {
		const { notes } = await run( [ 'add', 'blog', '--home', home, ...options ] );
		expect( readConfig( environment() ).sites.get( 'blog:1' )?.private_networks ).toEqual( networks );
		expect( notes.includes( 'outside the public internet' ) ).toBe( networks.length > 0 );
	} );

	it( 'takes the public half of a key that the site has made itself', async () => {
		writeFileSync( join( folder, 'blog.pem' ), pem() );
		const { out } = await run( [ 'add', 'blog', '--home', 'https://blog.test', '--public-key', join( folder, 'blog.pem' ), '--key-id', 'own' ] );
		expect( out ).not.toContain( 'DRAFTKEEPER_SIGNING_KEY' );
		expect( [ ...( readConfig( environment() ).sites.get( 'blog:1' )?.keys.keys() ?? [] ) ] ).toEqual( [ 'own' ] );
	} );

	it( 'says how a site that is there already gets new keys', async () => {
		await expect( run( [ 'add', 'shop', '--home', 'https://shop.test' ] ) ).rejects.toThrow( 'sites rotate shop' );
	} );

	it( 'registers the first site of a file that has none', async () => {
		writeFileSync( path(), JSON.stringify( { ...JSON.parse( content ) as object, sites: [] }, null, '\t' ) );
		await run( [ 'add', 'blog', '--home', 'https://blog.test' ] );
		expect( [ ...readConfig( environment() ).sites.keys() ] ).toEqual( [ 'blog:1' ] );
	} );

	it.each< [ string, string[] ] >( [
		[ 'there is one of its name', [ 'shop', '--home', 'https://other.test' ] ],
		[ 'its address is none', [ 'blog', '--home', 'blog.test' ] ],
		[ 'a model is not in the file', [ 'blog', '--home', 'https://blog.test', '--models', 'gone' ] ],
		[ 'its home is not said', [ 'blog' ] ],
	] )( 'writes nothing when %s', async ( _why, args ) => {
		const secrets = readFileSync( secretsPath(), 'utf8' );
		await expect( run( [ 'add', ...args ] ) ).rejects.toThrow();
		expect( read() ).toBe( content );
		expect( readFileSync( secretsPath(), 'utf8' ) ).toBe( secrets );
	} );
} );

describe( 'sites rotate', () => {
	it( 'makes a key and a secret beside the old ones, then leaves only the new', async () => {
		const { out } = await run( [ 'rotate', 'shop' ] );
		expect( [ ...( shop()?.keys.keys() ?? [] ) ] ).toEqual( [ 'old', '2026-03-01' ] );
		expect( shop()?.webhook_secrets ).toHaveLength( 2 );
		await expect( run( [ 'rotate', 'shop' ] ) ).rejects.toThrow( /finish the rotation/ );
		await run( [ 'rotate', 'shop', '--finish' ] );
		expect( [ ...( shop()?.keys.keys() ?? [] ) ] ).toEqual( [ constant( out, 'DRAFTKEEPER_KEY_ID' ) ] );
		expect( shop()?.webhook_secrets.map( ( secret ) => `whsec_${ secret.toString( 'base64' ) }` ) ).toEqual( [ constant( out, 'DRAFTKEEPER_WEBHOOK_SECRET' ) ] );
		expect( readFileSync( secretsPath(), 'utf8' ) ).toContain( 'OPENAI_API_KEY=sk-1' );
	} );

	it( 'rotates only what it is asked to', async () => {
		await run( [ 'rotate', 'shop', '--key' ] );
		expect( shop()?.keys.size ).toBe( 2 );
		expect( shop()?.webhook_secrets ).toHaveLength( 1 );
	} );

	it( 'does not lose a secret that it cannot see', async () => {
		writeFileSync( secretsPath(), '' );
		await expect( run( [ 'rotate', 'shop' ] ) ).rejects.toThrow( /SHOP_WEBHOOK_SECRET is not set here/ );
		expect( read() ).toBe( content );
	} );
} );
