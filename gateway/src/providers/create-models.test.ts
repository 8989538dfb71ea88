import { beforeEach, describe, expect, it } from 'vitest';
import { startFakeAnthropic, type FakeAnthropic } from '../../test/fake-anthropic.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fake-openai.ts';
import { ManualClock } from '../../test/manual-clock.ts';
import { createLogger } from '../observability/logger.ts';
import { callModel } from './call-model.ts';
import { createModels } from './create-models.ts';
import type { Model } from './models.ts';
import { providerSchema, type ModelConfig, type ProviderConfig } from './provider-config.ts';

let lines: string[];
let clock: ManualClock;

beforeEach( () => {
	lines = [];
	clock = new ManualClock();
} );

const provider = ( name: string, settings: object, api_key: string | null = null ): ProviderConfig =>
	( { ...providerSchema.parse( settings ), name, api_key } );

function open( providers: ProviderConfig[], models: ModelConfig[], worker_concurrency = 8 ): ( id: string ) => Model {
	const logger = createLogger( 'info', { write: ( line ) => void lines.push( line ) } );
	const opened = createModels( { providers, models, worker_concurrency }, { clock, logger } );
	return ( id ) => {
		const model = opened.get( id );
		if ( model === undefined ) {
			throw new Error( `No model ${ id }.` );
		}
		return model;
	};
}

const place = ( name: string, upstream_model = 'm' ) => ( { provider: name, upstream_model } );
const local = ( name: string, settings: object = {} ) => provider( name, { kind: 'openai-compatible', base_url: 'http://127.0.0.1:9/v1', ...settings } );

function places( model: Model, lane: 'job' | 'request' ): number {
	const { gate } = model.route[ 0 ];
	let count = 0;
	while ( ! gate.isFull( lane ) ) {
		gate.enter( lane );
		count++;
	}
	return count;
}

describe( 'the models of a configuration', () => {
	it( 'are reached at the place that is in order, over each provider’s own wire', async () => {
		const servers: [ FakeOpenAi, FakeAnthropic ] = [ await startFakeOpenAi( { api_key: 'sk-o' } ), await startFakeAnthropic( 'sk-a' ) ];
		const [ openai, anthropic ] = servers;
		const models = open( [
			provider( 'anthropic', { kind: 'anthropic', api_key_env: 'A', base_url: anthropic.url }, 'sk-a' ),
			provider( 'openai', { kind: 'openai', api_key_env: 'O', base_url: openai.url }, 'sk-o' ),
		], [ { id: 'writer', route: [ place( 'anthropic', 'claude-haiku-4-5' ), place( 'openai', 'gpt-4.1-mini' ) ] } ] );
		anthropic.respondWith( () => ( { status: 529, raw: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } } ) );
		openai.respondWith( () => ( { text: 'Fine.', usage: { prompt_tokens: 1_000, completion_tokens: 100 } } ) );
		const costs: [ string, number | null ][] = [];
		const answer = await callModel(
			{ clock, random: () => 0, onCall: ( { target, cost_micros } ) => void costs.push( [ target.provider_name, cost_micros ] ) },
			models( 'writer' ),
			{ options: { prompt: [ { role: 'user', content: [ { type: 'text', text: 'A chair.' } ] } ] }, signal: new AbortController().signal }
		);
		expect( answer.content ).toEqual( [ { type: 'text', text: 'Fine.' } ] );
		expect( costs ).toEqual( [ [ 'anthropic', null ], [ 'openai', 560 ] ] );
		await Promise.all( servers.map( ( server ) => server.stop() ) );
	} );

	it( 'share the places of their provider, but not their breakers', () => {
		const models = open( [ local( 'a', { max_jobs: 2 } ) ], [ { id: 'x', route: [ place( 'a', 'x' ) ] }, { id: 'y', route: [ place( 'a', 'y' ) ] }, { id: 'z', route: [ place( 'a', 'x' ) ] } ] );
		expect( places( models( 'x' ), 'job' ) ).toBe( 2 );
		expect( places( models( 'y' ), 'job' ) ).toBe( 0 );
		expect( models( 'x' ).route[ 0 ].gate ).toBe( models( 'z' ).route[ 0 ].gate );
		expect( models( 'x' ).route[ 0 ].gate ).not.toBe( models( 'y' ).route[ 0 ].gate );
	} );

	it( 'leave a quarter of the worker to other providers, where there are any', () => {
		const route = [ place( 'a' ) ];
		expect( places( open( [ local( 'a' ) ], [ { id: 'x', route } ] )( 'x' ), 'job' ) ).toBe( 8 );
		expect( places( open( [ local( 'a' ), local( 'b' ) ], [ { id: 'x', route } ] )( 'x' ), 'job' ) ).toBe( 6 );
		expect( places( open( [ local( 'a' ), local( 'b' ) ], [ { id: 'x', route } ], 1 )( 'x' ), 'job' ) ).toBe( 1 );
		expect( places( open( [ local( 'a', { max_requests: 3 } ) ], [ { id: 'x', route } ] )( 'x' ), 'request' ) ).toBe( 3 );
	} );

	it( 'are named at start where nobody has told their price', () => {
		open( [ local( 'a' ), provider( 'sample', { kind: 'sample' } ) ], [
			{ id: 'x', route: [ place( 'a' ) ] },
			{ id: 'y', route: [ { ...place( 'a' ), input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 } ] },
			{ id: 'sample', route: [ place( 'sample', 'sample' ) ] },
		] );
		expect( lines ).toHaveLength( 1 );
		expect( JSON.parse( lines[ 0 ] ?? '' ) ).toMatchObject( { level: 'warn', model: 'x', provider: 'a', msg: expect.stringContaining( 'price' ) as string } );
	} );

	it( 'tell when the way to their provider closes and opens', async () => {
		const { gate } = open( [ local( 'a', { breaker_failures: 1, breaker_cool_down_ms: 1_000 } ) ], [ { id: 'x', route: [ place( 'a' ) ] } ] )( 'x' ).route[ 0 ];
		gate.enter( 'job' ).end( new Error( 'unforeseen' ) );
		expect( gate.isBroken() ).toBe( true );
		await clock.advance( 1_000 );
		gate.enter( 'job' ).end( null );
		expect( lines.slice( 1 ).map( ( line ) => ( JSON.parse( line ) as { breaker: string } ).breaker ) ).toEqual( [ 'open', 'half_open', 'closed' ] );
	} );
} );
