import { errorCodes } from '@draftkeeper/contract';
import { describe, expect, it } from 'vitest';
import { explainError as explain, type Failure } from './explain-error';

/** To somebody who does not manage the site, whoever the page was printed for. */
const explainError = ( failure: Failure, forAdministrator = false ) => explain( failure, forAdministrator );

describe( 'explainError', () => {
	it.each( errorCodes.map( ( code ) => [ code ] ) )( 'has a cause and a next step for %s', ( code ) => {
		const { what, next } = explainError( { code, message: 'server words', requestId: null } );
		expect( what ).toMatch( /\.$/ );
		expect( what ).not.toBe( 'server words' );
		expect( next ).toMatch( /\.$/ );
	} );

	it( 'shows the server’s own words for a code of a newer version', () => {
		expect( explainError( { code: 'brand_new', message: 'The moon is full.', requestId: null } ).what ).toBe( 'The moon is full.' );
	} );

	it( 'does not mistake a name of the language for a code', () => {
		expect( explainError( { code: 'constructor', message: 'Odd.', requestId: null } ).what ).toBe( 'Odd.' );
	} );

	it( 'says when a limit opens again', () => {
		expect( explainError( { code: 'rate_limited', message: '', requestId: null, retryAfterMs: 40_000 } ).next ).toBe( 'Try again in 40 seconds.' );
		expect( explainError( { code: 'rate_limited', message: '', requestId: null, retryAfterMs: 300_000 } ).next ).toBe( 'Try again in 5 minutes.' );
	} );

	it.each( [ [ 5, '5 hours' ], [ 47, '47 hours' ], [ 20 * 24, '20 days' ] ] )( 'says it in a unit that people count in: %d hours', ( hours, wait ) => {
		expect( explainError( { code: 'rate_limited', message: '', requestId: null, retryAfterMs: hours * 3_600_000 } ).next ).toBe( `Try again in ${ wait }.` );
	} );

	it( 'names the other way out of a budget beside the time', () => {
		const { next } = explainError( { code: 'budget_exhausted', message: '', requestId: null, retryAfterMs: 14 * 3_600_000 } );
		expect( next ).toBe( 'It opens again in 14 hours. An administrator can raise it.' );
	} );

	it.each( errorCodes.map( ( code ) => [ code ] ) )( 'sends no administrator to an administrator, %s', ( code ) => {
		const isForThem = [ 'forbidden', 'unauthenticated', 'post_not_found', 'ai_disabled' ].includes( code );
		const { next } = explainError( { code, message: 'server words', requestId: null }, true );
		expect( next ).toMatch( /\.$/ );
		expect( isForThem || ! /administrator/.test( next ) ).toBe( true );
	} );

	it( 'offers no retry where it cannot help', () => {
		expect( explainError( { code: 'forbidden', message: '', requestId: null } ).canRetry ).toBe( false );
		expect( explainError( { code: 'provider_busy', message: '', requestId: null } ).canRetry ).toBe( true );
	} );
} );
