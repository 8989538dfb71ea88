import { mo, po, type GetTextTranslation, type GetTextTranslations } from 'gettext-parser';
import { keyOf, type Message } from './messages.ts';

const PLURALS: Record< string, string > = { de_DE: 'nplurals=2; plural=(n != 1);' };
const HEADERS = { 'project-id-version': 'Draftkeeper', 'mime-version': '1.0', 'content-type': 'text/plain; charset=utf-8', 'content-transfer-encoding': '8bit', 'x-domain': 'draftkeeper' };

/** A catalogue of a language, or, without one, the template of all of them. What has been translated before stays; what is gone goes. */
export function catalogText( messages: readonly Message[], language: string | null, earlier: string | null ): string {
	const known = earlier === null ? new Map< string, string[] >() : translationsIn( earlier );
	const count = Number( /nplurals=(\d)/.exec( PLURALS[ language ?? '' ] ?? '' )?.[ 1 ] ?? 2 );
	const data: GetTextTranslations = {
		charset: 'utf-8',
		headers: { ...HEADERS, ...( language === null ? {} : { language, 'plural-forms': PLURALS[ language ] ?? '' } ) },
		translations: { '': { '': { msgid: '', msgstr: [ '' ] } } },
	};
	for ( const message of messages ) {
		const empty = Array.from( { length: message.plural === null ? 1 : count }, () => '' );
		const entry: GetTextTranslation = {
			msgid: message.id,
			...( message.context === '' ? {} : { msgctxt: message.context } ),
			...( message.plural === null ? {} : { msgid_plural: message.plural } ),
			msgstr: known.get( keyOf( message ) ) ?? empty,
			comments: {
				translator: '', flag: '', previous: '',
				extracted: [ ...message.comments ].sort().map( ( comment ) => `translators: ${ comment }` ).join( '\n' ),
				reference: [ ...message.files ].sort().join( '\n' ),
			},
		};
		( data.translations[ message.context ] ??= {} )[ message.id ] = entry;
	}
	return `${ po.compile( data, { foldLength: 0 } ).toString( 'utf8' ).trim() }\n`;
}

/** Messages by key, only those that have a translation. */
export function translationsIn( text: string ): Map< string, string[] > {
	const found = new Map< string, string[] >();
	for ( const [ context, entries ] of Object.entries( po.parse( text ).translations ) ) {
		for ( const { msgid, msgstr } of Object.values( entries ) ) {
			if ( msgid !== '' && msgstr.every( ( part ) => part !== '' ) ) {
				found.set( keyOf( { context, id: msgid } ), msgstr );
			}
		}
	}
	return found;
}

/** What PHP reads. */
export function compiled( text: string ): Buffer {
	return mo.compile( po.parse( text ) );
}

/** What wp_set_script_translations() reads for one script: the texts of its own files. */
export function scriptJson( text: string, language: string, belongs: ( file: string ) => boolean, messages: readonly Message[] ): string {
	const known = translationsIn( text );
	const texts = messages.filter( ( message ) => [ ...message.files ].some( belongs ) ).flatMap( ( message ) => {
		const translation = known.get( keyOf( message ) );
		return translation ? [ [ message.context === '' ? message.id : keyOf( message ), translation ] as const ] : [];
	} );
	const data = {
		domain: 'draftkeeper',
		locale_data: { draftkeeper: { '': { domain: 'draftkeeper', lang: language, 'plural-forms': PLURALS[ language ] ?? '' }, ...Object.fromEntries( texts ) } },
	};
	return `${ JSON.stringify( data, null, '\t' ) }\n`;
}
