import AdmZip from 'adm-zip';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePluginZip } from './plugin-zip.ts';

const SHIPPED = [ 'LICENSE', 'block.json', 'build/editor/index.js', 'draftkeeper.php', 'languages/draftkeeper.pot', 'php/src/Plugin.php', 'readme.txt', 'uninstall.php' ];
const NOT_SHIPPED = [ 'build/editor/index.js.map', 'php/tests/bootstrap.php', 'tools/demo/draftkeeper-demo.php', 'src/api/client.ts', 'composer.json', 'php/src/.hidden' ];

describe( 'the released zip', () => {
	let root: string;

	beforeEach( () => {
		root = mkdtempSync( join( tmpdir(), 'draftkeeper zip ' ) );
		for ( const path of [ ...SHIPPED, ...NOT_SHIPPED ] ) {
			mkdirSync( dirname( join( root, path ) ), { recursive: true } );
			writeFileSync( join( root, path ), `content of ${ path }` );
		}
	} );

	afterEach( () => rmSync( root, { recursive: true } ) );

	it( 'holds the shipped files under the slug, and nothing else', () => {
		const target = join( root, 'out.zip' );
		writePluginZip( root, target );
		const zip = new AdmZip( target );
		expect( zip.getEntries().map( ( entry ) => entry.entryName ).sort() ).toEqual( SHIPPED.map( ( path ) => `draftkeeper/${ path }` ).sort() );
		expect( zip.readAsText( 'draftkeeper/php/src/Plugin.php' ) ).toBe( 'content of php/src/Plugin.php' );
	} );

	it( 'holds what runs of Action Scheduler where a folder of it is given', () => {
		const folder = join( root, 'elsewhere/action-scheduler' );
		const theirs = [ 'action-scheduler.php', 'functions.php', 'classes/ActionScheduler_Versions.php', 'lib/cron-expression/LICENSE', 'license.txt' ];
		for ( const path of [ ...theirs, 'composer.json', 'tests/bootstrap.php', '.github/workflows/tests.yml' ] ) {
			mkdirSync( dirname( join( folder, path ) ), { recursive: true } );
			writeFileSync( join( folder, path ), path );
		}
		const target = join( root, 'out.zip' );
		const paths = writePluginZip( root, target, folder );
		expect( paths ).toEqual( [ ...SHIPPED, ...theirs.map( ( path ) => `vendor/woocommerce/action-scheduler/${ path }` ) ].sort() );
		expect( new AdmZip( target ).readAsText( 'draftkeeper/vendor/woocommerce/action-scheduler/functions.php' ) ).toBe( 'functions.php' );
	} );

	it( 'is byte for byte the same when nothing has changed', () => {
		writePluginZip( root, join( root, 'one.zip' ) );
		writePluginZip( root, join( root, 'two.zip' ) );
		expect( readFileSync( join( root, 'one.zip' ) ).equals( readFileSync( join( root, 'two.zip' ) ) ) ).toBe( true );
	} );

	it( 'is refused while a part of it is missing', () => {
		rmSync( join( root, 'uninstall.php' ) );
		expect( () => writePluginZip( root, join( root, 'out.zip' ) ) ).toThrow( 'uninstall.php is missing' );
	} );
} );
