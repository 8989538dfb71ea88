import type { Mark } from '@draftkeeper/contract';

/**
 * Puts `<mark>` around everything in `html` that the facts do not hold. Takes sanitized HTML and adds nothing else,
 * so that the result may be shown; `sanitizeDraft` takes the marks away again.
 */
export function markUnknown( html: string, marks: Mark[], title: string ): string {
	const { body } = new DOMParser().parseFromString( html, 'text/html' );
	const texts = [ ...new Set( marks.map( ( mark ) => mark.text ) ) ].sort( ( a, b ) => b.length - a.length );
	for ( const text of texts ) {
		markText( body, text, title );
	}
	return body.innerHTML;
}

/** Marks that are still in the text, each once. */
export function remainingMarks( text: string, marks: Mark[] ): Mark[] {
	const seen = new Set< string >();
	return marks.filter( ( mark ) => {
		const isNew = ! seen.has( mark.text ) && findWhole( text, mark.text, 0 ) >= 0;
		seen.add( mark.text );
		return isNew;
	} );
}

function markText( body: HTMLElement, text: string, title: string ): void {
	const walker = body.ownerDocument.createTreeWalker( body, NodeFilter.SHOW_TEXT );
	let node = walker.nextNode() as Text | null;
	while ( node ) {
		const at = node.parentElement?.closest( 'mark' ) ? -1 : findWhole( node.data, text, 0 );
		if ( at < 0 ) {
			node = walker.nextNode() as Text | null;
			continue;
		}
		const found = node.splitText( at );
		const rest = found.splitText( text.length );
		const mark = body.ownerDocument.createElement( 'mark' );
		mark.title = title;
		found.replaceWith( mark );
		mark.append( found );
		walker.currentNode = rest;
		node = rest;
	}
}

/** Where `text` stands in `within` and is not a piece of a longer word or number: `4` is not in `42`. */
function findWhole( within: string, text: string, from: number ): number {
	const at = text === '' ? -1 : within.indexOf( text, from );
	if ( at < 0 ) {
		return -1;
	}
	const isPiece = isSameWord( within.charAt( at - 1 ), text.charAt( 0 ) ) ||
		isSameWord( text.charAt( text.length - 1 ), within.charAt( at + text.length ) );
	return isPiece ? findWhole( within, text, at + 1 ) : at;
}

function isSameWord( left: string, right: string ): boolean {
	const isDigit = /^\p{Nd}$/u;
	const isLetter = /^\p{L}$/u;
	return ( isDigit.test( left ) && isDigit.test( right ) ) || ( isLetter.test( left ) && isLetter.test( right ) );
}
