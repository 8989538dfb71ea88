import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { fakeProvider, testTarget } from '../../test/test-providers.ts';
import type { Model } from '../providers/models.ts';
import type { CallOptions } from '../providers/provider.ts';
import { InvalidRequest } from './invalid-request.ts';
import { ableModel } from './models.ts';

const clock = new ManualClock();
const able = testTarget( fakeProvider( {} ), { clock, name: 'able' } );
const unable = testTarget( fakeProvider( { missing: ( _model, { parameters } ) => ( parameters?.reasoning_effort === undefined ? null : 'reasoning_effort' ) } ), { clock, name: 'unable' } );
const asked = ( parameters?: CallOptions[ 'parameters' ] ): CallOptions => ( { prompt: [], ...( parameters === undefined ? {} : { parameters } ) } );
const model: Model = { id: 'writer', route: [ unable, able ], max_output_tokens: 10 };

describe( 'a model that is asked for more than every place on its route can do', () => {
	it( 'is asked where it can be done', () => {
		expect( ableModel( model, asked( { reasoning_effort: 'low' } ) ) ).toEqual( { ...model, route: [ able ] } );
		expect( ableModel( model, asked( { seed: 1 } ) ) ).toBe( model );
		expect( ableModel( model, asked() ) ).toBe( model );
	} );

	it( 'is refused by the name of the parameter and of the model where no place can', () => {
		const refuse = () => ableModel( { ...model, route: [ unable ] }, asked( { reasoning_effort: 'low' } ) );
		expect( refuse ).toThrow( InvalidRequest );
		expect( refuse ).toThrow( /'reasoning_effort' with 'low'.*'writer'/ );
	} );
} );
