import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = '.draftkeeper-lock';
const ROOM_NEEDED = 2.5e9;
const TICK_MS = 1000;
const FAILURE_LINES = 25;
/** Warnings about packages of others that nobody here can act on. */
const NOISE = /EBADENGINE|Unknown (env|user|project|builtin|cli)? ?config|npm (warn|WARN) |^\s*$/;

/**
 * Installs what package-lock.json asks for, unless it is there already.
 *
 * @param {string} root The project's folder.
 */
export async function ensurePackages( root ) {
	const lock = readFileSync( join( root, 'package-lock.json' ), 'utf8' );
	const hash = createHash( 'sha256' ).update( lock ).digest( 'hex' );
	const stamp = join( root, 'node_modules', STAMP );
	if ( readIfThere( stamp ) === hash ) {
		return;
	}
	const installed = readIfThere( join( root, 'node_modules', '.package-lock.json' ) );
	if ( installed === null || ! isInstalled( JSON.parse( lock ), JSON.parse( installed ) ) ) {
		await install( root );
	}
	writeFileSync( stamp, hash );
}

/**
 * Whether npm's own record of node_modules holds every package of the lock file, at its version.
 *
 * @param {{packages: Object<string, {version?: string, optional?: boolean, link?: boolean}>}} wanted
 * @param {{packages: Object<string, {version?: string}>}}                                     installed
 */
export function isInstalled( wanted, installed ) {
	return Object.entries( wanted.packages ).every( ( [ path, entry ] ) => {
		if ( path === '' || ! path.includes( 'node_modules' ) ) {
			return true;
		}
		const present = installed.packages[ path ];
		return present === undefined ? entry.optional === true : present.version === entry.version;
	} );
}

/** @param {string} root */
async function install( root ) {
	const free = statfsSync( root );
	if ( free.bavail * free.bsize < ROOM_NEEDED ) {
		fail( `The disk is full: the packages need ${ ROOM_NEEDED / 1e9 } GB in ${ root }.` );
	}
	const { code, output } = await npm( root, [ 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', '--progress=false' ] );
	if ( code === 0 ) {
		return;
	}
	if ( output.includes( 'ENOSPC' ) ) {
		fail( `The disk is full: the packages could not be installed in ${ root }.` );
	}
	const told = output.split( '\n' ).filter( ( line ) => ! NOISE.test( line ) );
	fail( `The packages could not be installed (npm ci ended with ${ code }):\n${ told.slice( -FAILURE_LINES ).join( '\n' ) }` );
}

/**
 * @param {string}   root
 * @param {string[]} args
 * @return {Promise<{code: number|string|null, output: string}>} How npm ended and all it said.
 */
function npm( root, args ) {
	const started = Date.now();
	const label = 'Installing packages (once, a few minutes)';
	const show = () => {
		if ( process.stderr.isTTY ) {
			process.stderr.write( `\r${ label } … ${ Math.round( ( Date.now() - started ) / 1000 ) } s` );
		}
	};
	if ( ! process.stderr.isTTY ) {
		console.error( `${ label } …` );
	}
	const timer = setInterval( show, TICK_MS );
	// `npm run` names its own program; without it, Windows has only npm.cmd, which needs a shell.
	const viaNode = process.env.npm_execpath?.endsWith( '.js' ) === true ? process.env.npm_execpath : null;
	const isWindows = process.platform === 'win32';
	const child = viaNode !== null
		? spawn( process.execPath, [ viaNode, ...args ], { cwd: root, stdio: [ 'ignore', 'pipe', 'pipe' ] } )
		: spawn( isWindows ? 'npm.cmd' : 'npm', args, { cwd: root, stdio: [ 'ignore', 'pipe', 'pipe' ], shell: isWindows } );
	let output = '';
	child.stdout.on( 'data', ( chunk ) => ( output += chunk ) );
	child.stderr.on( 'data', ( chunk ) => ( output += chunk ) );
	return new Promise( ( done ) => {
		const finish = ( /** @type {number|string|null} */ code ) => {
			clearInterval( timer );
			const seconds = Math.round( ( Date.now() - started ) / 1000 );
			process.stderr.write( `${ process.stderr.isTTY ? '\r' : '' }${ label }: ${ seconds } s.${ ' '.repeat( 8 ) }\n` );
			done( { code, output } );
		};
		child.once( 'error', ( error ) => {
			output += error.message;
			finish( error.message );
		} );
		child.once( 'close', finish );
	} );
}

/** @param {string} path */
function readIfThere( path ) {
	return existsSync( path ) ? readFileSync( path, 'utf8' ) : null;
}

/** @param {string} sentence */
function fail( sentence ) {
	console.error( sentence );
	process.exit( 1 );
}
