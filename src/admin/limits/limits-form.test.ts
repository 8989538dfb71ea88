import { limitSettings, type LimitSettings } from '@draftkeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import examples from '../../../contract/examples/limit_settings.json';
import { formFromLimits, limitsFromForm, newBudget, type LimitsForm } from './limits-form';

const saved = examples.valid.map( ( { value } ) => limitSettings.parse( value ) );
const form = ( change: Partial< LimitsForm > = {} ): LimitsForm => ( { ...formFromLimits( saved[ 0 ]! ), ...change } );
const row = ( change: object ) => ( { ...newBudget( 'new-1', [] ), ...change } );
const errorsOf = ( wrong: LimitsForm ) => {
	const parsed = limitsFromForm( wrong );
	return 'errors' in parsed ? Object.keys( parsed.errors ) : [];
};

beforeEach( () => {
	document.documentElement.lang = 'en';
} );

describe( 'limitsFromForm', () => {
	it.each( saved )( 'gives back what was saved', ( settings: LimitSettings ) => {
		expect( limitsFromForm( formFromLimits( settings ) ) ).toEqual( { value: settings } );
	} );

	it( 'shows a window in the largest unit that fits', () => {
		const shown = ( window_seconds: number ) => formFromLimits( { ...saved[ 0 ]!, job_limit: { max_jobs: 1, window_seconds } } );
		expect( [ 90, 600, 7200 ].map( shown ).map( ( { window, span } ) => `${ window } ${ span }` ) ).toEqual( [ '90 seconds', '10 minutes', '2 hours' ] );
	} );

	it( 'reads money exactly', () => {
		const parsed = limitsFromForm( form( { budgets: [ row( { dollars: '0.29' } ) ] } ) );
		expect( parsed ).toMatchObject( { value: { budgets: [ { scope: 'site', period: 'month', micros: 290_000, requests: null } ] } } );
	} );

	it.each( [
		[ { max_jobs: '0' }, [ 'max_jobs' ] ],
		[ { window: '25', span: 'hours' as const }, [ 'window' ] ],
		[ { window: '59', span: 'seconds' as const }, [ 'window' ] ],
		[ { warn_percent: '101' }, [ 'warn_percent' ] ],
		[ { budgets: [ row( {} ) ] }, [ 'budgets[0]' ] ],
		[ { budgets: [ row( { dollars: '1,000.50' } ) ] }, [ 'budgets[0].dollars' ] ],
		[ { budgets: [ row( { dollars: '1000000.01' } ) ] }, [ 'budgets[0].dollars' ] ],
		[ { budgets: [ row( { tokens: '1.5' } ) ] }, [ 'budgets[0].tokens' ] ],
		[ { budgets: [ row( { holder: 'role', requests: '1' } ) ] }, [ 'budgets[0].role' ] ],
		[ { budgets: [ row( { holder: 'user', requests: '1' } ) ] }, [ 'budgets[0].user_id' ] ],
		[ { budgets: [ row( { requests: '1' } ), row( { requests: '2' } ) ] }, [ 'budgets[1]' ] ],
	] )( 'says where %j is wrong', ( change, paths ) => {
		expect( errorsOf( form( change ) ) ).toEqual( paths );
	} );

	it( 'asks nothing of a limit that is switched off', () => {
		expect( limitsFromForm( form( { isLimited: false, max_jobs: '' } ) ) ).toMatchObject( { value: { job_limit: null } } );
	} );
} );

describe( 'newBudget', () => {
	it( 'begins with one that is not there yet', () => {
		const first = newBudget( 'a', [] );
		const second = newBudget( 'b', [ first ] );
		expect( [ first, second ].map( ( { holder, period } ) => `${ holder } ${ period }` ) ).toEqual( [ 'site month', 'site day' ] );
	} );
} );
