import { myLimits, type MyLimits } from '@draftkeeper/contract';
import { describe, expect, it } from 'vitest';
import examples from '../../contract/examples/my_limits.json';
import { waitMs } from '../api/limits';
import { limitStop, limitWarnings, remainingText } from './my-limits';

const atTheLimit = myLimits.parse( examples.valid[ 0 ]!.value );
const nothing = myLimits.parse( examples.valid[ 1 ]!.value );
const exhausted = ( opens_at: string ): MyLimits => ( {
	job_limit: atTheLimit.job_limit,
	budgets: [ { scope: 'user', subject: '7', period: 'month', level: 'exhausted', opens_at, amounts: null } ],
} );

describe( 'limitStop', () => {
	it( 'says when one can go on', () => {
		expect( limitStop( atTheLimit )?.text ).toMatch( /asked for 60 drafts.*at .*\d/ );
	} );

	it( 'names the stop that lasts longest', () => {
		expect( limitStop( exhausted( '2026-03-01T00:00:00Z' ) )?.text ).toMatch( /You, this month/ );
		expect( limitStop( exhausted( '2026-02-28T09:39:00Z' ) )?.text ).toMatch( /60 drafts/ );
	} );

	it( 'is none where there is room, or no limit', () => {
		expect( limitStop( nothing ) ).toBeNull();
		expect( limitStop( { ...atTheLimit, job_limit: { ...atTheLimit.job_limit!, remaining: 1, opens_at: null } } ) ).toBeNull();
	} );
} );

describe( 'limitWarnings', () => {
	it( 'warns of a budget whose numbers are others’ business', () => {
		expect( limitWarnings( atTheLimit ) ).toEqual( [ expect.stringMatching( /nearly used up \(The whole site, this month\)/ ) ] );
	} );
} );

describe( 'remainingText', () => {
	it( 'tells what is left', () => {
		expect( remainingText( atTheLimit ) ).toBe( '0 of 60 drafts left in 10 minutes.' );
		expect( remainingText( nothing ) ).toBeNull();
	} );
} );

describe( 'waitMs', () => {
	const now = Date.parse( '2026-02-28T09:39:00Z' );

	it( 'asks again when a stop is over, and not while nothing stops', () => {
		expect( waitMs( atTheLimit, now ) ).toBe( 62_000 );
		expect( waitMs( nothing, now ) ).toBe( false );
		expect( waitMs( undefined, now ) ).toBe( false );
	} );

	it( 'never waits longer than ten minutes, nor less than a moment', () => {
		expect( waitMs( exhausted( '2026-03-01T00:00:00Z' ), Date.parse( '2026-02-01T00:00:00Z' ) ) ).toBe( 600_000 );
		expect( waitMs( atTheLimit, now + 120_000 ) ).toBe( 2_000 );
	} );
} );
