/** `npm run translations`: the template, and what is made of each language's catalogue. `--check` fails on a file that is stale. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { sentenceFor } from './plain-error.ts';
import { fromRoot } from './project.ts';
import { catalogText, compiled, scriptJson, translationsIn } from './translations/catalog.ts';
import { DATAVIEWS, projectMessages } from './translations/project-messages.ts';

const FOLDER = 'languages';
const SHARED = [ 'src/ui/', 'src/api/' ];
/** The folders behind each script, by its handle. */
const SCRIPTS: Record< string, string[] > = {
	'draftkeeper-admin': [ ...SHARED, 'src/admin/', DATAVIEWS ],
	'draftkeeper-product-description-editor-script': [ ...SHARED, 'src/blocks/', 'src/editor/' ],
};

try {
	const mayWrite = ! process.argv.includes( '--check' );
	const messages = projectMessages();
	const read = ( file: string ): Buffer | null => existsSync( fromRoot( FOLDER, file ) ) ? readFileSync( fromRoot( FOLDER, file ) ) : null;
	const made = new Map< string, string | Buffer >( [ [ 'draftkeeper.pot', catalogText( messages, null, null ) ] ] );
	for ( const language of languages() ) {
		const name = `draftkeeper-${ language }`;
		const text = catalogText( messages, language, read( `${ name }.po` )?.toString( 'utf8' ) ?? null );
		made.set( `${ name }.po`, text );
		made.set( `${ name }.mo`, compiled( text ) );
		for ( const [ handle, folders ] of Object.entries( SCRIPTS ) ) {
			made.set( `${ name }-${ handle }.json`, scriptJson( text, language, ( file ) => folders.some( ( folder ) => file.startsWith( folder ) ), messages ) );
		}
		console.log( `${ language }: ${ translationsIn( text ).size } of ${ messages.length } texts are translated.` );
	}
	const stale = [ ...made ].filter( ( [ file, content ] ) => ! read( file )?.equals( Buffer.from( content ) ) ).map( ( [ file ] ) => file );
	if ( ! mayWrite && stale.length > 0 ) {
		throw new Error( `Stale in ${ FOLDER }/: ${ stale.join( ', ' ) }. Run npm run translations.` );
	}
	mkdirSync( fromRoot( FOLDER ), { recursive: true } );
	for ( const file of mayWrite ? stale : [] ) {
		writeFileSync( fromRoot( FOLDER, file ), made.get( file ) ?? '' );
	}
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}

function languages(): string[] {
	const names = existsSync( fromRoot( FOLDER ) ) ? readdirSync( fromRoot( FOLDER ) ) : [];
	return names.flatMap( ( name ) => /^draftkeeper-([A-Za-z_]+)\.po$/.exec( name )?.[ 1 ] ?? [] ).sort();
}
