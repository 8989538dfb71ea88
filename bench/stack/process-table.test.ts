import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { groupOf, isRunning, processEntry } from './process-table.ts';

it.runIf( process.platform === 'linux' )( 'knows this process, its group and its start', () => {
	const entry = processEntry( process.pid );
	expect( isRunning( entry ) ).toBe( true );
	expect( entry?.startedAt ).toMatch( /^\d+$/ );
	expect( groupOf( entry?.group ?? 0 ).map( ( { pid } ) => pid ) ).toContain( process.pid );
} );

it.runIf( process.platform === 'linux' )( 'does not count a process that has ended', async () => {
	const child = spawn( process.execPath, [ '-e', '' ], { detached: true, stdio: 'ignore' } );
	const { pid } = child;
	await once( child, 'close' );
	expect( isRunning( processEntry( pid ?? 0 ) ) ).toBe( false );
	expect( groupOf( pid ?? 0 ) ).toEqual( [] );
} );
