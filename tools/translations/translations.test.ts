import { describe, expect, it } from 'vitest';
import { catalogText, compiled, scriptJson, translationsIn } from './catalog.ts';
import { keyOf, Messages } from './messages.ts';
import { addPhpMessages } from './php-messages.ts';
import { addTypeScriptMessages } from './typescript-messages.ts';

const found = ( add: ( messages: Messages ) => void ) => {
	const messages = new Messages();
	add( messages );
	return messages.all().map( ( { id, plural, context, comments } ) => ( { id, plural, context, comments: [ ...comments ] } ) );
};

describe( 'addPhpMessages', () => {
	const php = ( source: string ) => found( ( messages ) => addPhpMessages( messages, 'a.php', `<?php ${ source }`, 'draftkeeper' ) );

	it( 'reads texts with plurals, contexts and comments, and none of another domain', () => {
		expect( php( `
			/* translators: %d: a number. */
			$a = sprintf( _n( '%d job', '%d jobs', count( $x ), 'draftkeeper' ), 1 );
			$b = esc_html__( 'It\\'s', 'draftkeeper' ) . _x( "A\\nB", 'verb', 'draftkeeper' );
			$c = __( 'Theirs', 'other' ) . __( $variable, 'draftkeeper' ) . __( 'No domain' );
		` ) ).toEqual( [
			{ id: '%d job', plural: '%d jobs', context: '', comments: [ '%d: a number.' ] },
			{ id: 'It\'s', plural: null, context: '', comments: [] },
			{ id: 'A\nB', plural: null, context: 'verb', comments: [] },
		] );
	} );
} );

describe( 'addTypeScriptMessages', () => {
	const script = ( source: string, domain: string | null = 'draftkeeper' ) => found( ( messages ) => addTypeScriptMessages( messages, 'a.tsx', source, domain ) );

	it( 'reads what is imported from @wordpress/i18n, under whatever name, and nothing else', () => {
		expect( script( `
			import { __ as translate, _n } from '@wordpress/i18n';
			/* translators: %s: a name */
			const a = translate( 'Hello %s', 'draftkeeper' );
			const b = <p title={ translate( 'Title', 'draftkeeper' ) }>{ _n( 'one', 'many', 2, 'draftkeeper' ) }</p>;
			const c = __( 'Not imported', 'draftkeeper' );
		` ) ).toEqual( [
			{ id: 'Hello %s', plural: null, context: '', comments: [ '%s: a name' ] },
			{ id: 'Title', plural: null, context: '', comments: [] },
			{ id: 'one', plural: 'many', context: '', comments: [] },
		] );
	} );

	it( 'reads a package that names no domain', () => {
		expect( script( 'import { __ as __2 } from "@wordpress/i18n"; __2( "Filter" );', null ) ).toMatchObject( [ { id: 'Filter' } ] );
	} );
} );

describe( 'catalogues', () => {
	const messages = new Messages();
	messages.add( { id: 'Save', file: 'src/admin/a.tsx' } );
	messages.add( { id: '%d job', plural: '%d jobs', file: 'php/src/A.php' } );
	const empty = catalogText( messages.all(), 'de_DE', null );
	const german = empty.replace( 'msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Speichern"' );

	it( 'keep what has been translated, take in what is new and drop what is gone', () => {
		const later = new Messages();
		later.add( { id: 'Save', file: 'src/admin/b.tsx' } );
		later.add( { id: 'New', file: 'src/admin/b.tsx' } );
		const text = catalogText( later.all(), 'de_DE', german );
		expect( [ ...translationsIn( text ) ] ).toEqual( [ [ keyOf( { context: '', id: 'Save' } ), [ 'Speichern' ] ] ] );
		expect( text ).toContain( 'msgid "New"' );
		expect( text ).not.toContain( '%d job' );
		expect( catalogText( later.all(), 'de_DE', text ) ).toBe( text );
	} );

	it( 'give a script the texts of its own files', () => {
		const json = JSON.parse( scriptJson( german, 'de_DE', ( file ) => file.startsWith( 'src/admin/' ), messages.all() ) ) as { locale_data: { draftkeeper: object } };
		expect( Object.keys( json.locale_data.draftkeeper ) ).toEqual( [ '', 'Save' ] );
		expect( compiled( german ).readUInt32LE( 0 ) ).toBe( 0x950412de );
	} );
} );
