import { readdirSync, readFileSync } from 'node:fs';
import { fromRoot } from '../project.ts';
import { type Message, Messages } from './messages.ts';
import { addPhpMessages } from './php-messages.ts';
import { addTypeScriptMessages } from './typescript-messages.ts';

const DOMAIN = 'draftkeeper';
/** It speaks with WordPress's own words, which WordPress translates on its own pages alone. */
export const DATAVIEWS = 'node_modules/@wordpress/dataviews/build-wp/index.js';

/** Every text of the plugin that people read. */
export function projectMessages(): Message[] {
	const messages = new Messages();
	const read = ( file: string ): string => readFileSync( fromRoot( file ), 'utf8' );
	for ( const file of [ 'draftkeeper.php', 'uninstall.php', ...filesUnder( 'php/src', /\.php$/ ) ] ) {
		addPhpMessages( messages, file, read( file ), DOMAIN );
	}
	for ( const file of filesUnder( 'src', /\.tsx?$/ ).filter( ( path ) => ! /\.test\.|\.d\.ts$|^src\/testing\//.test( path ) ) ) {
		addTypeScriptMessages( messages, file, read( file ), DOMAIN );
	}
	addTypeScriptMessages( messages, DATAVIEWS, read( DATAVIEWS ), null );
	addBlock( messages, read( 'block.json' ) );
	return messages.all();
}

function addBlock( messages: Messages, source: string ): void {
	const { title, description, keywords } = JSON.parse( source ) as { title: string; description: string; keywords: string[] };
	const file = 'block.json';
	messages.add( { id: title, context: 'block title', file } );
	messages.add( { id: description, context: 'block description', file } );
	for ( const id of keywords ) {
		messages.add( { id, context: 'block keyword', file } );
	}
}

function filesUnder( folder: string, pattern: RegExp ): string[] {
	const names = readdirSync( fromRoot( folder ), { recursive: true, encoding: 'utf8' } );
	return names.map( ( name ) => `${ folder }/${ name.replaceAll( '\\', '/' ) }` ).filter( ( path ) => pattern.test( path ) ).sort();
}
