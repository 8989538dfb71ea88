import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTION_SCHEDULER_PATH, ACTION_SCHEDULER_VARIABLE, actionSchedulers, obtainActionScheduler } from './action-scheduler.ts';

describe( 'Action Scheduler', () => {
	let root: string;

	beforeEach( () => {
		root = mkdtempSync( join( tmpdir(), 'draftkeeper-scheduler-' ) );
	} );

	afterEach( () => rmSync( root, { recursive: true } ) );

	function folder( name: string ): string {
		mkdirSync( join( root, name ), { recursive: true } );
		writeFileSync( join( root, name, 'action-scheduler.php' ), '<?php' );
		return join( root, name );
	}

	function composer( script: string ): string {
		const program = join( root, 'composer' );
		writeFileSync( program, `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${ script }\n` );
		chmodSync( program, 0o755 );
		return program;
	}

	it( 'is where the environment says, newest first', () => {
		const [ newest, older ] = [ folder( '3.9' ), folder( '3.1' ) ];
		expect( actionSchedulers( { [ ACTION_SCHEDULER_VARIABLE ]: newest + delimiter + older }, join( root, 'none' ) ) ).toEqual( [ newest, older ] );
	} );

	it( 'is where Composer has put it, or nowhere', () => {
		expect( actionSchedulers( {}, join( root, 'none' ) ) ).toEqual( [] );
		expect( actionSchedulers( {}, folder( 'vendor' ) ) ).toEqual( [ join( root, 'vendor' ) ] );
	} );

	it( 'is not looked for elsewhere when the environment names a wrong folder', () => {
		expect( () => actionSchedulers( { [ ACTION_SCHEDULER_VARIABLE ]: root }, folder( 'vendor' ) ) ).toThrow( 'has no action-scheduler.php' );
	} );

	it( 'is got by Composer for a release where this machine has none', async () => {
		const installs = composer( `mkdir -p "${ root }/got/${ ACTION_SCHEDULER_PATH }" && touch "${ root }/got/${ ACTION_SCHEDULER_PATH }/action-scheduler.php"` );
		expect( await obtainActionScheduler( [], installs, join( root, 'got' ) ) ).toEqual( { folder: join( root, 'got', ACTION_SCHEDULER_PATH ) } );
	} );

	it( 'is left out with a reason where Composer cannot get it', async () => {
		const fails = composer( 'echo "Could not find package" >&2; exit 1' );
		expect( await obtainActionScheduler( [], fails, join( root, 'got' ) ) ).toEqual( { folder: null, reason: 'Composer could not get woocommerce/action-scheduler: Could not find package' } );
		expect( await obtainActionScheduler( [], join( root, 'nothing' ), join( root, 'got' ) ) ).toEqual( { folder: null, reason: 'Composer is not installed.' } );
	} );
} );
