import { addFilter } from '@wordpress/hooks';
import { getLocaleData } from '@wordpress/i18n';

const NAMESPACE = 'draftkeeper/tables';

/** What our own catalogue has for a text of another; null where it has nothing. */
function ours( text: string, context = '' ): string[] | null {
	const found: unknown = getLocaleData( 'draftkeeper' )?.[ context === '' ? text : `${ context }\u0004${ text }` ];
	return Array.isArray( found ) && found.every( ( part ) => typeof part === 'string' && part !== '' ) ? found : null;
}

/** DataViews speaks with words of WordPress, which come translated only to those pages of WordPress that use it. Ours stand in for what has none. */
export function translateTables(): void {
	addFilter( 'i18n.gettext_default', NAMESPACE, ( translation: string, text: string ) =>
		translation === text ? ours( text )?.[ 0 ] ?? translation : translation );
	addFilter( 'i18n.gettext_with_context_default', NAMESPACE, ( translation: string, text: string, context: string ) =>
		translation === text ? ours( text, context )?.[ 0 ] ?? translation : translation );
	addFilter( 'i18n.ngettext_default', NAMESPACE, ( translation: string, single: string, plural: string, count: number ) =>
		translation === single || translation === plural ? ours( single )?.[ count === 1 ? 0 : 1 ] ?? translation : translation );
}
