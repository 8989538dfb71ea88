import { __, _n, sprintf } from '@wordpress/i18n';
import { countWords, draftText } from '../../ui/sanitize-draft';

/** "118 words, 64 more than the original". */
export function wordCountText( html: string, originalText: string ): string {
	const words = countWords( draftText( html ) );
	/* translators: %d: number of words */
	const total = sprintf( _n( '%d word', '%d words', words, 'draftkeeper' ), words );
	const original = countWords( originalText );
	if ( original === 0 ) {
		return total;
	}
	const difference = words - original;
	if ( difference === 0 ) {
		/* translators: %s: for example "118 words" */
		return sprintf( __( '%s, as many as the original', 'draftkeeper' ), total );
	}
	if ( difference > 0 ) {
		/* translators: 1: for example "118 words", 2: number of words */
		return sprintf( __( '%1$s, %2$d more than the original', 'draftkeeper' ), total, difference );
	}
	/* translators: 1: for example "118 words", 2: number of words */
	return sprintf( __( '%1$s, %2$d fewer than the original', 'draftkeeper' ), total, -difference );
}
