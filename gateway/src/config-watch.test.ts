import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import type { AuditEvent } from './audit/audit-log.ts';
import type { Clock } from './clock.ts';
import { readConfig } from './config.ts';
import { ConfigWatch } from './config-watch.ts';
import { followFile } from './follow-file.ts';
import { createLogger } from './observability/logger.ts';
import { createModels } from './providers/create-models.ts';
import { ReplaceableMap } from './replaceable-map.ts';

const SECRET = `whsec_${ Buffer.alloc( 32, 1 ).toString( 'base64' ) }`;
const OTHER_SECRET = `whsec_${ Buffer.alloc( 32, 2 ).toString( 'base64' ) }`;
const public_key = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).publicKey.export( { type: 'spki', format: 'pem' } );
const site = {
	site_id: 'shop', home: 'https://shop.test', rest_url: 'https://shop.test/wp-json/', keys: [ { kid: 'k1', public_key } ],
	webhook_secret_env: 'SHOP_SECRET', models: [ 'sample' ], default_model: 'sample',
};
const model = { id: 'sample', provider: 'sample', upstream_model: 'sample', input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 };
const file = { sites: [ site ], providers: { sample: { kind: 'sample' } }, models: [ model ] };

let folder: string;
let clock: ManualClock;
let lines: string[];
let filed: AuditEvent[];
const append = async ( event: AuditEvent ) => {
	filed.push( event );
	return { number: filed.length, event_json: '', hash: '' };
};
const path = () => join( folder, 'gateway.json' );
const secrets = () => join( folder, 'secrets.env' );

/** As an editor does it that is careful: a new file in the old one's place. */
function write( to: string, content: object | string ): void {
	writeFileSync( `${ to }.new`, typeof content === 'string' ? content : JSON.stringify( content ) );
	renameSync( `${ to }.new`, to );
}

function open( timers: Clock = clock ) {
	const config = readConfig( { DRAFTKEEPER_GATEWAY_CONFIG: path(), DRAFTKEEPER_SECRETS_FILE: secrets(), DRAFTKEEPER_DATABASE: ':memory:', SHOP_SECRET: OTHER_SECRET } );
	const sites = new ReplaceableMap( config.sites );
	const logger = createLogger( 'info', { write: ( line ) => void lines.push( line ) } );
	const models = new ReplaceableMap( createModels( config, { clock: timers, logger } ) );
	const apply = followFile( config, { sites, models, audit: { append }, clock: timers, logger } );
	const watch = new ConfigWatch( { config, apply, clock: timers, logger } );
	return { sites, models, watch };
}

beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-watch-' ) );
	lines = [];
	filed = [];
	clock = new ManualClock();
	write( path(), file );
	write( secrets(), `# made by hand\nSHOP_SECRET=${ SECRET }\n` );
} );

afterEach( () => rmSync( folder, { recursive: true } ) );

describe( 'the gateway’s file', () => {
	it( 'is followed when it changes, without a restart', async () => {
		const { sites, watch } = open();
		watch.start();
		write( path(), { ...file, sites: [ { ...site, disabled: true }, { ...site, site_id: 'blog' } ] } );
		await clock.advance( 1_000 );
		watch.stop();
		expect( [ ...sites.keys() ] ).toEqual( [ 'shop:1', 'blog:1' ] );
		expect( sites.get( 'shop:1' )?.disabled ).toBe( true );
		expect( watch.problems ).toEqual( [] );
		expect( filed.map( ( { actor, action, subject } ) => [ actor.split( ':', 1 )[ 0 ], action, subject ] ) ).toEqual( [
			[ 'file', 'site_added', 'blog:1' ], [ 'file', 'site_disabled', 'shop:1' ],
		] );
	} );

	it( 'switches every site off at once', () => {
		const { sites, watch } = open();
		write( path(), { ...file, disabled: true, sites: [ site, { ...site, site_id: 'blog' } ] } );
		watch.reload();
		expect( [ ...sites.values() ].map( ( { disabled } ) => disabled ) ).toEqual( [ true, true ] );
	} );

	it( 'changes nothing when anything in it is wrong, and says everything that is', async () => {
		const { sites, watch } = open();
		watch.start();
		write( path(), { ...file, sites: [ { ...site, disabled: true, models: [ 'gone' ] }, { ...site, site_id: 'blog', webhook_secret_env: 'GONE' } ] } );
		await clock.advance( 1_000 );
		expect( sites.get( 'shop:1' )?.disabled ).toBe( false );
		expect( sites.size ).toBe( 1 );
		expect( watch.problems ).toEqual( [
			expect.stringMatching( /sites\.0\.models names no model: gone/ ), expect.stringMatching( /sites\.0\.default_model/ ),
		] );
		expect( lines.at( -1 ) ).toContain( 'names no model: gone' );
		write( path(), { ...file, sites: [ site, { ...site, site_id: 'blog', webhook_secret_env: 'GONE' } ] } );
		await clock.advance( 1_000 );
		expect( watch.problems ).toEqual( [ expect.stringMatching( /^GONE is missing.*DRAFTKEEPER_SECRETS_FILE$/ ) ] );
		write( path(), file );
		await clock.advance( 1_000 );
		watch.stop();
		expect( watch.problems ).toEqual( [] );
	} );

	it( 'is kept in force while it is gone or half-written', async () => {
		const { sites, watch } = open();
		watch.start();
		rmSync( path() );
		await clock.advance( 1_000 );
		expect( watch.problems ).toEqual( [ expect.stringContaining( 'cannot be read' ) ] );
		write( path(), '{ "sites": [' );
		await clock.advance( 1_000 );
		watch.stop();
		expect( watch.problems ).toEqual( [ expect.stringContaining( 'is not valid JSON' ) ] );
		expect( sites.get( 'shop:1' )?.disabled ).toBe( false );
	} );

	it( 'brings new secrets, which win over the environment that the process was started with', () => {
		const { sites, watch } = open();
		expect( sites.get( 'shop:1' )?.webhook_secrets.map( ( [ first ] ) => first ) ).toEqual( [ 1 ] );
		write( secrets(), `SHOP_SECRET="${ OTHER_SECRET } ${ SECRET }"\n` );
		watch.reload();
		expect( sites.get( 'shop:1' )?.webhook_secrets.map( ( [ first ] ) => first ) ).toEqual( [ 2, 1 ] );
	} );

	it( 'builds models anew only where something about them has changed', () => {
		const { models, watch } = open();
		const before = models.get( 'sample' );
		write( path(), { ...file, sites: [ { ...site, disabled: true } ] } );
		watch.reload();
		expect( models.get( 'sample' ) ).toBe( before );
		write( path(), { ...file, models: [ { ...model, output_micros_per_million_tokens: 5 } ] } );
		watch.reload();
		expect( models.get( 'sample' ) ).not.toBe( before );
	} );

	it( 'is heard of from the system, before the clock looks', async () => {
		const { watch } = open( { now: () => 0, steady: () => 0, setTimer: () => () => {} } );
		watch.start();
		write( path(), '{' );
		await expect.poll( () => watch.problems ).toHaveLength( 1 );
		watch.stop();
	} );
} );
