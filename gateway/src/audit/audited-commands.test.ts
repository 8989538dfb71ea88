import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createApiKey, hashApiKey } from '../keys/api-key.ts';
import { eventOfCommand } from './audited-commands.ts';

const who = { actor: 'anna@gateway', at: 5 };

it( 'files commands that change keys, sites and deliveries, with who gave them', () => {
	expect( eventOfCommand( [ 'sites', 'disable', '--all' ], who ) ).toEqual( { actor: 'operator:anna@gateway', action: 'sites disable', subject: '--all', at: 5 } );
	expect( eventOfCommand( [ 'keys', 'add', '--site', 'shop', '--name', 'the chat' ], who )?.subject ).toBe( '--site shop --name the chat' );
	expect( eventOfCommand( [ 'deliveries', 'replay', 'msg_1' ], who )?.action ).toBe( 'deliveries replay' );
} );

it( 'files nothing of what only looks', () => {
	for ( const words of [ [ 'keys', 'list' ], [ 'sites', 'list' ], [ 'serve' ], [], [ 'deliveries', 'list' ], [ 'constructor', 'name' ] ] ) {
		expect( eventOfCommand( words, who ) ).toBeNull();
	}
} );

it( 'never files a key, only its id', () => {
	const key = createApiKey( randomBytes );
	expect( eventOfCommand( [ 'keys', 'revoke', key ], who )?.subject ).toBe( hashApiKey( key ).id );
} );
