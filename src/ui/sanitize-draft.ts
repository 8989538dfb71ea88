const ALLOWED = new Set( [ 'P', 'BR', 'UL', 'OL', 'LI', 'STRONG', 'EM', 'H3', 'H4' ] );
const RENAMED: Record< string, string > = { B: 'STRONG', I: 'EM', H1: 'H3', H2: 'H3', H5: 'H4', H6: 'H4' };
const BLOCKS = 'p, ul, ol, li, h1, h2, h3, h4, h5, h6, div, blockquote, section, article, table, td, th, dd, dt, figure, pre';

/** Elements whose text is no prose: they go with everything in them. */
const DROPPED = new Set( [
	'SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'APPLET', 'SVG', 'MATH', 'AUDIO', 'VIDEO', 'CANVAS',
	'FORM', 'INPUT', 'BUTTON', 'SELECT', 'TEXTAREA', 'HEAD', 'TITLE', 'LINK', 'META', 'BASE', 'IMG', 'PICTURE', 'SOURCE', 'XMP', 'PLAINTEXT',
] );

/**
 * Keeps p, br, ul, ol, li, strong, em, h3 and h4, all without attributes; the text of anything else stays.
 * PHP has cleaned a draft before it was stored, and a clean draft comes out as it went in. This is the second look
 * before a draft is shown, and the first one at what somebody has typed into it.
 */
export function sanitizeDraft( html: string ): string {
	const source = new DOMParser().parseFromString( html, 'text/html' );
	const clean = document.implementation.createHTMLDocument( '' );
	copyAllowed( source.body, clean.body, clean );
	wrapLooseText( clean );
	return clean.body.innerHTML.replaceAll( '&nbsp;', '\u00a0' );
}

function copyAllowed( from: Node, to: Node, clean: Document ): void {
	for ( const node of from.childNodes ) {
		if ( node.nodeType === Node.TEXT_NODE ) {
			to.appendChild( clean.createTextNode( node.nodeValue ?? '' ) );
			continue;
		}
		if ( ! ( node instanceof Element ) || DROPPED.has( node.nodeName.toUpperCase() ) ) {
			continue;
		}
		const name = allowedName( node );
		copyAllowed( node, name ? to.appendChild( clean.createElement( name ) ) : to, clean );
	}
}

function allowedName( element: Element ): string | null {
	const name = RENAMED[ element.nodeName ] ?? element.nodeName;
	if ( ALLOWED.has( name ) ) {
		return name;
	}
	// A line of its own stays one: browsers part lines with div while somebody types.
	const isLine = element.matches( BLOCKS ) && ! element.querySelector( BLOCKS ) && ! element.parentElement?.closest( 'p, li, h1, h2, h3, h4, h5, h6' );
	return isLine ? 'P' : null;
}

function wrapLooseText( { body }: Document ): void {
	let paragraph: HTMLElement | null = null;
	for ( const node of [ ...body.childNodes ] ) {
		if ( node instanceof Element && /^(P|UL|OL|H3|H4)$/.test( node.nodeName ) ) {
			paragraph = null;
			if ( ! node.textContent?.trim() ) {
				node.remove();
			}
		} else if ( paragraph ) {
			paragraph.append( node );
		} else if ( node.textContent?.trim() ) {
			paragraph = body.ownerDocument.createElement( 'p' );
			node.replaceWith( paragraph );
			paragraph.append( node );
		} else {
			node.remove();
		}
	}
}

/** The text of a draft, a line per block. */
export function draftText( html: string ): string {
	const { body } = new DOMParser().parseFromString( html, 'text/html' );
	for ( const element of body.querySelectorAll( 'p, li, h3, h4, br' ) ) {
		element.after( '\n' );
	}
	return ( body.textContent ?? '' ).replace( /\n\s*/g, '\n' ).trim();
}

/** Words as a reader counts them, in languages without spaces too. */
export function countWords( text: string, language?: string ): number {
	if ( typeof Intl.Segmenter !== 'function' ) {
		return text.split( /\s+/ ).filter( Boolean ).length;
	}
	let words = 0;
	for ( const { isWordLike } of new Intl.Segmenter( language, { granularity: 'word' } ).segment( text ) ) {
		words += isWordLike ? 1 : 0;
	}
	return words;
}
