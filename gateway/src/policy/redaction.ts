/**
 * What people would not want a provider to read, by the word that takes its place, in this order.
 * A number inside a word is none, except in scripts that put no space between words. `php/src/Privacy/Redaction.php` has the same patterns; `contract/examples/redaction.json` holds the two together.
 */
const patterns: readonly { word: string; pattern: RegExp; isMeant?: ( found: string ) => boolean }[] = [
	{ word: 'email', pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu },
	{
		word: 'key',
		pattern: /(?<![A-Za-z0-9_-])(?:(?:sk|pk|rk|dk|gh[opsu]|github_pat|xox[abprs]|whsec|dksec|glpat)[_-](?:[a-z0-9]{2,8}[_-]){0,3}[A-Za-z0-9]{16,}[A-Za-z0-9_+/=-]*|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35})/gu,
	},
	{ word: 'iban', pattern: /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ \u00a0\u202f]?[A-Z0-9]{4}){2,7}(?:[ \u00a0\u202f]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/gu, isMeant: isIban },
	{
		word: 'card',
		pattern: /(?<![\p{N}_.,])(?<![^\P{L}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}ー])\p{Nd}(?:[ \u00a0\u202f-]?\p{Nd}){12,18}(?![\p{N}_]|[.,]\p{Nd})(?![^\P{L}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}ー])/gu,
		isMeant: isCard,
	},
	{
		// An exact day or a measure is no phone number, whatever it begins with.
		word: 'phone',
		pattern: /(?<![\p{N}_.,/+-])(?<![^\P{L}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}ー])(?!\p{Nd}{2}[./-]\p{Nd}{2}[./-]\p{Nd}{4}(?!\p{Nd}))(?:[+＋]|\(?[0٠۰०০０]{1,2})(?:[ \u00a0\u202f./()-]{0,2}\p{Nd}){7,15}(?![\p{L}\p{N}_.,]?\p{Nd})/gu,
	},
];

/** Takes mail addresses, keys, bank accounts, card and phone numbers out of a text. */
export function redact( text: string ): string {
	return patterns.reduce(
		( left, { word, pattern, isMeant } ) => left.replace( pattern, ( found ) => ( isMeant?.( found ) === false ? found : `[${ word }]` ) ),
		text
	);
}

/** The digits of Arabic, Persian, Hindi and Bengali, and fullwidth ones, each from nought to nine. */
const DIGITS = '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯０１２３４５６７８９';

function toAsciiDigits( text: string ): string {
	return text.replace( /\p{Nd}/gu, ( digit ) => ( DIGITS.includes( digit ) ? String( DIGITS.indexOf( digit ) % 10 ) : digit ) );
}

/** The check digit of payment cards: other long numbers, such as those of articles, stay. */
function isCard( found: string ): boolean {
	const digits = [ ...toAsciiDigits( found ).replace( /\D/g, '' ) ].reverse().map( Number );
	const sum = digits.reduce( ( total, digit, index ) => {
		const doubled = digit * ( 1 + index % 2 );
		return total + ( doubled > 9 ? doubled - 9 : doubled );
	}, 0 );
	// Thirteen digits that begin otherwise are an article's EAN more often than a card.
	return sum % 10 === 0 && ( digits.length > 13 || digits.at( -1 ) === 4 );
}

/** ISO 13616: the rest of 97 must be one. */
function isIban( found: string ): boolean {
	const compact = found.replaceAll( /\s/g, '' );
	const digits = ( compact.slice( 4 ) + compact.slice( 0, 4 ) ).replace( /[A-Z]/g, ( letter ) => String( letter.charCodeAt( 0 ) - 55 ) );
	return [ ...digits ].reduce( ( rest, digit ) => ( rest * 10 + Number( digit ) ) % 97, 0 ) === 1;
}
