import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../src/config.ts';

const deploy = new URL( '../../deploy/', import.meta.url );
const read = ( path: string ): string => readFileSync( new URL( path, deploy ), 'utf8' );
const SECRET = 'whsec_ZHJhZnRrZWVwZXItdGVzdC1zZWNyZXQtbnVtYmVyLTE=';

/** `NAME=value` lines of an environment file, with secrets where it leaves them open. */
function environmentOf( file: string ): Record< string, string > {
	const lines = file.split( '\n' ).filter( ( line ) => /^[A-Z]/.test( line ) ).map( ( line ) => line.split( /=(.*)/s, 2 ) );
	return Object.fromEntries( lines.map( ( [ name = '', value = '' ] ) => [ name, value === 'whsec_' ? SECRET : value || 'a key' ] ) );
}

it( 'starts with the example of the gateway’s file and its environment', () => {
	const config = readConfig( {
		...environmentOf( read( 'gateway.env.example' ) ),
		DRAFTKEEPER_GATEWAY_CONFIG: new URL( 'gateway.example.json', deploy ).pathname,
		DRAFTKEEPER_DATABASE: ':memory:',
	} );
	expect( [ ...config.sites.keys() ] ).toEqual( [ 'shop:1' ] );
	expect( config.origin ).toBe( 'https://gateway.example' );
} );

it( 'shows its figures where Prometheus of the example asks for them', () => {
	const { scrape_configs: [ scrape ] } = parse( read( 'prometheus/prometheus.example.yml' ) ) as { scrape_configs: { static_configs: { targets: string[] }[] }[] };
	const { metrics } = readConfig( {
		...environmentOf( read( 'gateway.env.example' ) ), DRAFTKEEPER_GATEWAY_CONFIG: new URL( 'gateway.example.json', deploy ).pathname, DRAFTKEEPER_DATABASE: ':memory:',
	} );
	expect( scrape?.static_configs ).toEqual( [ { targets: [ `${ metrics?.host ?? '' }:${ metrics?.port ?? 0 }` ] } ] );
} );

it( 'publishes nothing of compose but the gateway, on this machine', () => {
	const { services } = parse( read( 'compose.yaml' ), { merge: true } ) as { services: Record< string, { ports?: string[]; environment?: Record< string, string > } > };
	expect( Object.values( services ).flatMap( ( { ports } ) => ports ?? [] ) ).toEqual( [ '127.0.0.1:8787:8787' ] );
	expect( services[ 'worker' ]?.environment?.[ 'DRAFTKEEPER_REDIS_URL' ] ).toBe( 'redis://redis:6379' );
} );

it( 'gives a stop longer than calls may take to end', () => {
	expect( read( 'systemd/draftkeeper-gateway.service' ) ).toContain( 'TimeoutStopSec=130' );
	expect( read( 'systemd/draftkeeper-worker@.service' ) ).toContain( 'TimeoutStopSec=130' );
	expect( read( 'compose.yaml' ) ).toContain( 'stop_grace_period: 130s' );
} );

it( 'runs as a user that can read what it follows, and gives commands the same settings', () => {
	for ( const unit of [ read( 'systemd/draftkeeper-gateway.service' ), read( 'systemd/draftkeeper-worker@.service' ) ] ) {
		expect( unit ).toMatch( /^User=draftkeeper$/m );
		expect( unit ).not.toContain( 'DynamicUser' );
		expect( unit ).toMatch( /^Environment=DRAFTKEEPER_SECRETS_FILE=\/etc\/draftkeeper\/gateway\.env$/m );
	}
	expect( read( 'systemd/draftkeeper.sysusers.conf' ) ).toMatch( /^u draftkeeper /m );
	const settings = /^(?:export |Environment=)(DRAFTKEEPER_\w+=.*)$/gm;
	const all = ( file: string ) => [ ...read( file ).matchAll( settings ) ].map( ( [ , setting ] ) => setting ).sort();
	expect( all( 'systemd/draftkeeper-gateway' ) ).toEqual( all( 'systemd/draftkeeper-gateway.service' ) );
} );

it( 'brings Redis up as the gateway demands it', () => {
	const settings = read( 'redis.conf' );
	for ( const line of [ 'appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction' ] ) {
		expect( settings.split( '\n' ) ).toContain( line );
	}
} );
