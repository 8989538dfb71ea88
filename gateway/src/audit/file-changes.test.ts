import { expect, it } from 'vitest';
import { createTestSite } from '../../test/test-site.ts';
import type { GatewayFile } from '../gateway-file.ts';
import type { Site } from '../sites/site.ts';
import { changesOfFile } from './file-changes.ts';

const { site: shop } = createTestSite();
const fileOf = ( sites: Site[], more: Partial< GatewayFile > = {} ): GatewayFile => ( {
	sites: new Map( sites.map( ( site ) => [ site.tenant, site ] ) ), providers: [], models: [], worker_concurrency: 8, ...more,
} );
const changed = ( changes: Partial< Site > ) => changesOfFile( fileOf( [ shop ] ), fileOf( [ { ...shop, ...changes } ] ) );

it( 'tells of sites that come, go, and are switched', () => {
	const blog = { ...shop, tenant: 'blog:1', site_id: 'blog' };
	expect( changesOfFile( fileOf( [ shop ] ), fileOf( [ blog ] ) ) ).toEqual( [ { action: 'site_added', subject: 'blog:1' }, { action: 'site_removed', subject: 'shop:1' } ] );
	expect( changed( { disabled: true } ) ).toEqual( [ { action: 'site_disabled', subject: 'shop:1' } ] );
	expect( changesOfFile( fileOf( [ { ...shop, disabled: true } ] ), fileOf( [ shop ] ) ) ).toEqual( [ { action: 'site_enabled', subject: 'shop:1' } ] );
	expect( changed( {} ) ).toEqual( [] );
} );

it( 'tells limits, budgets and addresses with what they were and are', () => {
	expect( changed( { limits: [ { requests: 10, seconds: 60 } ], budgets: { month: { micros: 5_000_000 } } } ) ).toEqual( [ {
		action: 'site_changed', subject: 'shop:1 limits: [] → [{"requests":10,"seconds":60}]; budgets: {} → {"month":{"micros":5000000}}',
	} ] );
	expect( changed( { private_networks: [ '10.0.0.0/8' ], max_input_tokens: 4_000 } )[ 0 ]?.subject ).toBe(
		'shop:1 private_networks: [] → ["10.0.0.0/8"]; max_input_tokens: none → 4000'
	);
} );

it( 'tells that a key or a secret has changed, and neither', () => {
	const other = createTestSite().site;
	const [ change ] = changed( {
		keys: new Map( [ ...shop.keys, [ '2027', [ ...other.keys.values() ][ 0 ]! ] ] ), webhook_secrets: [ Buffer.from( 'canary' ) ], api_secrets: [ Buffer.from( 'canary' ) ],
		moderation_key: 'canary', moderation: { patterns: [ 'canary' ], model: 'm', on_error: 'block' },
	} );
	expect( change?.subject ).toMatch( /^shop:1 keys: \["[^"]+"\] → \["[^"]+","2027"\]; webhook secret; API secret; moderation$/ );
	const replaced = changed( { keys: new Map( [ ...shop.keys.keys() ].map( ( kid ) => [ kid, [ ...createTestSite().site.keys.values() ][ 0 ]! ] ) ) } );
	expect( replaced ).toHaveLength( 1 );
} );

it( 'tells which providers and models have changed, not their keys', () => {
	const provider = { name: 'openai', kind: 'openai', api_key: 'sk-canary-1' } as unknown as GatewayFile[ 'providers' ][ number ];
	const model = { id: 'small' } as unknown as GatewayFile[ 'models' ][ number ];
	const changes = changesOfFile( fileOf( [ shop ], { providers: [ provider ] } ), fileOf( [ shop ], { providers: [ { ...provider, api_key: 'sk-canary-2' } ], models: [ model ] } ) );
	expect( changes ).toEqual( [ { action: 'provider_changed', subject: 'openai' }, { action: 'model_added', subject: 'small' } ] );
} );
