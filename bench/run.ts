import { sentenceFor } from '../tools/plain-error.ts';

/** Longer than most runs take: a run never goes on for ever. */
const LIMIT_MS = 150_000;

export const print = ( text = '' ): void => void process.stdout.write( `${ text }\n` );

/** Runs a script's work, prints what broke, and ends with 1 where something did. */
export async function run( work: () => Promise< string[] >, limitMs = LIMIT_MS ): Promise< void > {
	const limit = setTimeout( () => {
		process.stderr.write( `The run took longer than ${ limitMs / 1000 } s and was ended.\n` );
		process.exit( 1 );
	}, limitMs );
	try {
		const broken = await work();
		print( broken.length === 0 ? '\nEvery invariant held.' : `\n${ broken.length } broken:` );
		for ( const line of broken ) {
			print( `  ✗ ${ line }` );
		}
		process.exitCode = broken.length === 0 ? 0 : 1;
	} catch ( error ) {
		process.stderr.write( `${ sentenceFor( error ) }\n` );
		process.exitCode = 1;
	} finally {
		clearTimeout( limit );
	}
}

/** `--rounds 6` as a number within bounds. */
export function numberOption( name: string, fallback: number, max: number ): number {
	const index = process.argv.indexOf( `--${ name }` );
	const value = index === -1 ? fallback : Number( process.argv[ index + 1 ] );
	if ( ! Number.isInteger( value ) || value < 1 || value > max ) {
		process.stderr.write( `--${ name } must be a whole number from 1 to ${ max }.\n` );
		process.exit( 2 );
	}
	return value;
}

export const hasOption = ( name: string ): boolean => process.argv.includes( `--${ name }` );
