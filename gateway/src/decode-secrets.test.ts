import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeSecrets } from './decode-secrets.ts';

describe( 'secrets', () => {
	const secret = ( bytes: number ) => `whsec_${ randomBytes( bytes ).toString( 'base64' ) }`;

	it( 'are read one by one', () => {
		expect( decodeSecrets( ` ${ secret( 24 ) }  ${ secret( 64 ) } `, 'whsec_' ).map( ( { length } ) => length ) ).toEqual( [ 24, 64 ] );
	} );

	it.each( [ '', '  ', 'whsec_', 'abc', secret( 23 ), secret( 65 ), 'whsec_%%%%', `${ secret( 32 ) } typo` ] )( 'are refused without being quoted: %.12s', ( value ) => {
		let message = '';
		try {
			decodeSecrets( value, 'whsec_' );
		} catch ( error ) {
			message = ( error as Error ).message;
		}
		expect( message ).toMatch( /^holds / );
		expect( message ).not.toContain( value.trim().slice( 6 ) || 'whsec_%' );
	} );
} );
