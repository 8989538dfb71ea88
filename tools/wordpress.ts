/** `node tools/run.mjs tools/wordpress.ts [7.1|6.8]` gets a WordPress tree into the cache and prints its path. */
import { sentenceFor } from './plain-error.ts';
import { type WordPressName, wordPressVersions } from './wordpress/versions.ts';
import { wordPress } from './wordpress/wordpress.ts';

const name = process.argv[ 2 ] ?? '7.1';
if ( ! ( name in wordPressVersions ) ) {
	console.error( `WordPress ${ name } is not one of ${ Object.keys( wordPressVersions ).join( ', ' ) }.` );
	process.exit( 2 );
}
try {
	const { path } = await wordPress( name as WordPressName, ( text ) => console.error( text ) );
	console.log( path );
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
