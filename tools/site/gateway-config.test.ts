import { describe, expect, it } from 'vitest';
import { gatewayConfig, modelId, upstreamFrom } from './gateway-config.ts';
import { makeKeys } from './keys.ts';

describe( 'the gateway of a local site', () => {
	it( 'is told the public key and the names of secrets, never a secret', () => {
		const keys = makeKeys();
		const config = gatewayConfig( { keys, wpUrl: 'http://127.0.0.1:1', upstream: null, defaultModel: 'sample' } );
		expect( config.sites[ 0 ]?.keys ).toEqual( [ { kid: keys.key_id, public_key: keys.public_key } ] );
		expect( JSON.stringify( config ) ).not.toContain( keys.webhook_secret );
		expect( JSON.stringify( config ) ).not.toContain( 'PRIVATE KEY' );
	} );

	it( 'uses the provider that the environment names, at its price', () => {
		const env = { DRAFTKEEPER_OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', DRAFTKEEPER_OPENAI_MODEL: 'big model', DRAFTKEEPER_OPENAI_API_KEY: 'sk-1', DRAFTKEEPER_OPENAI_INPUT_PRICE: '0.15' };
		const upstream = upstreamFrom( env );
		if ( upstream === null ) {
			throw new Error( 'The environment names a provider.' );
		}
		const config = gatewayConfig( { keys: makeKeys(), wpUrl: 'http://127.0.0.1:1', upstream, defaultModel: modelId( upstream ) } );
		expect( config.models[ 1 ] ).toEqual( {
			id: 'big-model', provider: 'local', upstream_model: 'big model', input_micros_per_million_tokens: 150_000, output_micros_per_million_tokens: 0,
		} );
		expect( config.providers.local?.api_key_env ).toBe( 'DRAFTKEEPER_OPENAI_API_KEY' );
		expect( JSON.stringify( config ) ).not.toContain( 'sk-1' );
	} );

	it( 'has only the sample writer when the environment names half a provider', () => {
		expect( upstreamFrom( { DRAFTKEEPER_OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } ) ).toBeNull();
	} );
} );
