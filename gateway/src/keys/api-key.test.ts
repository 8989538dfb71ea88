import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newApiKey } from './api-key-store.conformance.ts';
import { createApiKey, hashApiKey, isSameHash, isWellFormedApiKey, readApiKey } from './api-key.ts';

describe( 'a stored key', () => {
	it( 'of the time when a month’s money was all the budget it could have keeps that', () => {
		const times = { revoked_at: null, last_used_at: 5 };
		const { budgets: _none, ...stored } = newApiKey();
		const read = ( micros_per_month: number | null ) => readApiKey( JSON.stringify( { ...stored, micros_per_month } ), times );
		expect( read( 7 ) ).toEqual( { ...stored, ...times, budgets: { month: { micros: 7 } } } );
		expect( read( null ) ).toEqual( { ...stored, ...times, budgets: {} } );
	} );
} );

describe( 'an API key', () => {
	it( 'is found by scanners: a prefix, 256 random bits and a checksum, in characters that a double click selects', () => {
		const keys = Array.from( { length: 200 }, () => createApiKey( randomBytes ) );
		expect( new Set( keys ).size ).toBe( 200 );
		for ( const key of [ ...keys, createApiKey( ( size ) => Buffer.alloc( size ) ), createApiKey( ( size ) => Buffer.alloc( size, 255 ) ) ] ) {
			expect( key ).toMatch( /^dk_[0-9A-Za-z]{49}$/ );
			expect( isWellFormedApiKey( key ) ).toBe( true );
		}
	} );

	it( 'is no key any more with one character changed, left out or added', () => {
		const key = createApiKey( randomBytes );
		for ( let index = 0; index < key.length; index++ ) {
			const other = key[ index ] === 'x' ? 'y' : 'x';
			expect( isWellFormedApiKey( `${ key.slice( 0, index ) }${ other }${ key.slice( index + 1 ) }` ) ).toBe( false );
			expect( isWellFormedApiKey( key.slice( 0, index ) + key.slice( index + 1 ) ) ).toBe( false );
		}
		expect( isWellFormedApiKey( `${ key }0` ) ).toBe( false );
		expect( isWellFormedApiKey( `${ key }\n` ) ).toBe( false );
	} );

	it( 'is kept as a hash, whose beginning is its id', () => {
		const key = createApiKey( randomBytes );
		const { id, hash } = hashApiKey( key );
		expect( hash ).toMatch( /^[0-9a-f]{64}$/ );
		expect( hash.startsWith( id ) ).toBe( true );
		expect( isSameHash( hash, hashApiKey( key ).hash ) ).toBe( true );
		expect( isSameHash( hash, hashApiKey( createApiKey( randomBytes ) ).hash ) ).toBe( false );
		expect( isSameHash( hash, '' ) ).toBe( false );
	} );
} );
