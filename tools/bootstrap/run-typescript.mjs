/**
 * The first step of every command: plain JavaScript without a dependency, because nothing may be installed yet.
 * Checks Node, installs the packages that are missing, then runs a TypeScript file in this same process.
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeProblem } from './node-version.mjs';

const root = resolve( dirname( fileURLToPath( import.meta.url ) ), '..', '..' );

/**
 * @param {string}   file Path of the TypeScript file, relative to the project.
 * @param {string[]} args What the file sees as process.argv.slice( 2 ).
 */
export async function runTypeScript( file, args ) {
	const problem = nodeProblem( process.versions.node );
	if ( problem !== null ) {
		console.error( problem );
		process.exit( 1 );
	}
	process.chdir( root );
	// Loaded only now: what it imports does not exist in a Node that is too old.
	const { ensurePackages } = await import( './packages.mjs' );
	await ensurePackages( root );
	const { register } = await import( 'tsx/esm/api' );
	register();
	const path = resolve( root, file );
	process.argv = [ process.execPath, path, ...args ];
	await import( pathToFileURL( path ).href );
}
