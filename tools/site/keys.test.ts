import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keysIn, makeKeys } from './keys.ts';

describe( 'a site\'s keys', () => {
	let folder: string;
	beforeEach( () => {
		folder = mkdtempSync( join( tmpdir(), 'draftkeeper-keys-' ) );
	} );
	afterEach( () => rmSync( folder, { recursive: true } ) );

	it( 'are a P-256 pair and a Standard Webhooks secret', () => {
		const keys = makeKeys();
		const signature = sign( 'sha256', Buffer.from( 'text' ), createPrivateKey( keys.private_key ) );
		expect( verify( 'sha256', Buffer.from( 'text' ), createPublicKey( keys.public_key ), signature ) ).toBe( true );
		expect( createPublicKey( keys.public_key ).asymmetricKeyDetails?.namedCurve ).toBe( 'prime256v1' );
		expect( Buffer.from( keys.webhook_secret.replace( 'whsec_', '' ), 'base64' ) ).toHaveLength( 32 );
	} );

	it( 'stay the same from run to run, and only their owner can read them', () => {
		const file = join( folder, 'new', 'keys.json' );
		expect( keysIn( file ) ).toEqual( keysIn( file ) );
		if ( process.platform !== 'win32' ) {
			expect( statSync( file ).mode & 0o077 ).toBe( 0 );
		}
	} );
} );
