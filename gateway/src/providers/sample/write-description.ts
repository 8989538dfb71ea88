import {
	asPlainStatement, isOrAre, joined, nameInSentence, valueWithUnit, type Attribute,
} from './attribute-words.ts';
import {
	attributePairs, attributeSentences, attributeThoughts, categorySentences, categoryThoughts, keywordSentences, skuSentences, tagSentences,
	tagThoughts, tonePhrases,
} from './phrases.ts';
import type { SampleBrief } from './read-brief.ts';
import type { SeededChoice } from './seeded-choice.ts';

/** From this many attributes on, and this many words, details become a list. */
const MIN_LISTED_ATTRIBUTES = 4;
const MIN_WORDS_FOR_LIST = 60;
/** How far above the asked length a text may go. */
const TOLERANCE = 1.1;

type Part = { place: 'opening' | 'details' | 'list' | 'closing' | 'thought' | 'ending'; text: string };

/** Composes a description from the facts of the brief, and from nothing else, as HTML. */
export function writeDescription( brief: SampleBrief, maxWords: number, choice: SeededChoice ): string {
	const words = Math.min( brief.brief.words, maxWords );
	const [ opening, ...candidates ] = collectParts( brief, words, choice );
	const chosen = opening === undefined ? [] : [ opening ];
	let length = countWords( chosen );
	for ( const part of candidates ) {
		const partLength = countWords( [ part ] );
		if ( length + partLength <= words * TOLERANCE ) {
			chosen.push( part );
			length += partLength;
		}
		if ( length >= words ) {
			break;
		}
	}
	return toHtml( chosen );
}

/** Everything that could be said, the most important first. */
function collectParts( { facts, brief }: SampleBrief, words: number, choice: SeededChoice ): Part[] {
	const phrases = tonePhrases[ brief.tone ];
	const [ category, ...otherCategories ] = facts.categories;
	const audience = brief.audience?.trim() ?? '';
	const parts: Part[] = [
		category === undefined
			? { place: 'opening', text: fill( choice.pick( phrases.opening ), { name: facts.name } ) }
			: { place: 'opening', text: fill( choice.pick( phrases.openingWithCategory ), { name: facts.name, category } ) },
	];
	const isListed = facts.attributes.length >= MIN_LISTED_ATTRIBUTES && words >= MIN_WORDS_FOR_LIST;
	const details = isListed ? listedDetails( facts.attributes, phrases.details, choice ) : spokenDetails( facts.attributes, choice );
	const keywords = brief.keywords.filter( ( keyword ) => keyword.trim() !== '' );
	if ( keywords.length > 0 ) {
		parts.push( { place: 'opening', text: fill( choice.pick( keywordSentences ), { keywords: joined( keywords, 'or' ) } ) } );
	}
	// Every other part of a short text would crowd the first details out.
	parts.push( ...details.slice( 0, 4 ) );
	if ( facts.price ) {
		parts.push( { place: 'closing', text: fill( choice.pick( phrases.price ), { price: `${ facts.price.amount } ${ facts.price.currency }` } ) } );
	}
	parts.push( ...details.slice( 4 ) );
	if ( audience !== '' ) {
		parts.push( { place: 'opening', text: fill( choice.pick( phrases.audience ), { audience } ) } );
	}
	if ( facts.tags.length > 0 ) {
		parts.push( { place: 'closing', text: fill( choice.pick( tagSentences ), { tags: joined( facts.tags ) } ) } );
	}
	if ( otherCategories.length > 0 ) {
		parts.push( { place: 'closing', text: fill( choice.pick( categorySentences ), { categories: joined( otherCategories ) } ) } );
	}
	if ( facts.sku ) {
		parts.push( { place: 'closing', text: fill( choice.pick( skuSentences ), { sku: facts.sku } ) } );
	}
	parts.push( { place: 'ending', text: choice.pick( phrases.ending ) } );
	return [ ...parts, ...thoughts( facts, choice ) ];
}

/** One more sentence about each fact; no sentence form twice in a row. */
function thoughts( facts: SampleBrief[ 'facts' ], choice: SeededChoice ): Part[] {
	const spoken = facts.attributes.filter( ( attribute ) => asPlainStatement( attribute ) === null );
	const forms = choice.shuffle( attributeThoughts );
	const texts = [
		...spoken.map( ( attribute, index ) => fill( forms[ index % forms.length ] ?? attributeThoughts[ 0 ], wordsOf( attribute ) ) ),
		...facts.categories.map( ( category ) => fill( choice.pick( categoryThoughts ), { category } ) ),
		...facts.tags.map( ( tag ) => fill( choice.pick( tagThoughts ), { tag } ) ),
	];
	return choice.shuffle( texts ).map( ( text ): Part => ( { place: 'thought', text } ) );
}

function listedDetails( attributes: readonly Attribute[], leads: readonly [ string, ...string[] ], choice: SeededChoice ): Part[] {
	return [
		{ place: 'details', text: choice.pick( leads ) },
		...attributes.map( ( attribute ): Part => ( { place: 'list', text: `${ attribute.name.trim() }: ${ valueWithUnit( attribute ) }` } ) ),
	];
}

function spokenDetails( attributes: readonly Attribute[], choice: SeededChoice ): Part[] {
	const parts: Part[] = [];
	const spoken = attributes.filter( ( attribute ) => asPlainStatement( attribute ) === null );
	const plain = attributes.flatMap( ( attribute ) => asPlainStatement( attribute ) ?? [] );
	for ( let index = 0; index < spoken.length; index += 2 ) {
		const [ first, second ] = spoken.slice( index, index + 2 );
		if ( first !== undefined && second !== undefined && choice.pick( [ true, false ] ) ) {
			parts.push( { place: 'details', text: fill( choice.pick( attributePairs ), { ...wordsOf( first ), ...wordsOf( second, '2' ) } ) } );
			continue;
		}
		for ( const attribute of [ first, second ] ) {
			if ( attribute !== undefined ) {
				parts.push( { place: 'details', text: fill( choice.pick( attributeSentences ), wordsOf( attribute ) ) } );
			}
		}
	}
	return [ ...parts, ...plain.map( ( text ): Part => ( { place: 'details', text } ) ) ];
}

function wordsOf( attribute: Attribute, suffix = '' ): Record< string, string > {
	const name = nameInSentence( attribute.name );
	return {
		[ `name${ suffix }` ]: name,
		[ `Name${ suffix }` ]: name.charAt( 0 ).toUpperCase() + name.slice( 1 ),
		[ `is${ suffix }` ]: isOrAre( name ),
		[ `value${ suffix }` ]: valueWithUnit( attribute ),
	};
}

/** Replaces `{name}` by its value. A sentence that the value ends in its own full stop does not get a second one. */
function fill( phrase: string, values: Record< string, string > ): string {
	const text = phrase.replace( /\{(\w+)\}/g, ( _, key: string ) => ( values[ key ] ?? '' ).replace( /\s+/g, ' ' ).trim() );
	return text.charAt( 0 ).toUpperCase() + text.slice( 1 ).replace( /([.!?])\.$/, '$1' );
}

function countWords( parts: readonly Part[] ): number {
	return parts.reduce( ( sum, { text } ) => sum + text.split( /\s+/ ).length, 0 );
}

function toHtml( parts: readonly Part[] ): string {
	const textOf = ( place: Part[ 'place' ] ) => parts.filter( ( part ) => part.place === place ).map( ( part ) => escapeHtml( part.text ) );
	const paragraph = ( sentences: string[] ) => ( sentences.length > 0 ? [ `<p>${ sentences.join( ' ' ) }</p>` ] : [] );
	const list = textOf( 'list' );
	return [
		...paragraph( textOf( 'opening' ) ),
		...paragraph( textOf( 'details' ) ),
		...( list.length > 0 ? [ `<ul>${ list.map( ( item ) => `<li>${ item }</li>` ).join( '' ) }</ul>` ] : [] ),
		...paragraph( textOf( 'closing' ) ),
		...paragraph( [ ...textOf( 'thought' ), ...textOf( 'ending' ) ] ),
	].join( '\n' );
}

function escapeHtml( text: string ): string {
	return text.replaceAll( '&', '&amp;' ).replaceAll( '<', '&lt;' ).replaceAll( '>', '&gt;' );
}
