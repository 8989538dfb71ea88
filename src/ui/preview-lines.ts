import { draftText, sanitizeDraft } from './sanitize-draft';

/** What is still being written at the end: half a tag, half an entity, half of a character. */
const HALF_TAG = /<(?:[a-z/!?][^>]*)?$/i;
const HALF_ENTITY = /&[a-z0-9#]{0,31}$/i;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/** Models that were asked for HTML answer with Markdown all the same. */
const FENCE = /^\s*```[a-z]*\n?|\n?```\s*$/gi;
const MARKDOWN_ITEM = /^\s*[-*•]\s+/;
/** What an item of a list begins with. */
export const BULLET = '• ';

const MARKDOWN_HEADING = /^\s*#{1,6}\s+/;
const MARKDOWN_STRESS = /\*\*|__|`/g;

/**
 * The text of a draft that is being written, a line per paragraph or item. Text and nothing else: it has not been
 * through WordPress, which cleans drafts before it keeps them.
 */
export function previewLines( written: string ): string[] {
	const whole = written.replace( HALF_TAG, '' ).replace( HALF_ENTITY, '' ).replace( HALF_CHARACTER, '' ).replace( FENCE, '' );
	const html = whole.replace( /<li\b[^>]*>/gi, `$&${ BULLET }` );
	return draftText( sanitizeDraft( html ) )
		.split( '\n' )
		.map( ( line ) => line.replace( MARKDOWN_HEADING, '' ).replace( MARKDOWN_ITEM, BULLET ).replace( MARKDOWN_STRESS, '' ).trim() )
		.filter( Boolean );
}
