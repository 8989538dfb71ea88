import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyFollowingLinks, rebaseAbsoluteLinks } from './links.ts';

let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper tree ' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );

describe( 'a tree with links', () => {
	it( 'is copied with what they point to, inside the unpacked system', () => {
		const system = join( folder, 'system' );
		mkdirSync( join( system, 'usr/share/library' ), { recursive: true } );
		mkdirSync( join( system, 'usr/share/wordpress' ) );
		writeFileSync( join( system, 'usr/share/library/file.php' ), 'library' );
		symlinkSync( '/usr/share/library', join( system, 'usr/share/wordpress/absolute' ) );
		symlinkSync( '../library/file.php', join( system, 'usr/share/wordpress/relative.php' ) );
		symlinkSync( '/nowhere', join( system, 'usr/share/wordpress/dangling' ) );
		rebaseAbsoluteLinks( system );
		const copy = join( folder, 'copy' );
		copyFollowingLinks( join( system, 'usr/share/wordpress' ), copy );
		expect( readFileSync( join( copy, 'absolute/file.php' ), 'utf8' ) ).toBe( 'library' );
		expect( readFileSync( join( copy, 'relative.php' ), 'utf8' ) ).toBe( 'library' );
		expect( existsSync( join( copy, 'dangling' ) ) ).toBe( false );
	} );
} );
