import type { SampleBrief } from './read-brief.ts';

export type Attribute = SampleBrief[ 'facts' ][ 'attributes' ][ number ];

const CLOSE_UNITS = [ '%', '°', '″', '"', '′' ];

export function valueWithUnit( { value, unit }: Attribute ): string {
	if ( unit === null || unit === undefined || unit === '' ) {
		return value.trim();
	}
	return CLOSE_UNITS.includes( unit ) ? `${ value.trim() }${ unit }` : `${ value.trim() } ${ unit }`;
}

/** `Seat height` → `seat height`, but `USB ports` stays. */
export function nameInSentence( name: string ): string {
	const trimmed = name.trim();
	return /^\p{Lu}(?!\p{Lu})/u.test( trimmed ) ? trimmed.charAt( 0 ).toLowerCase() + trimmed.slice( 1 ) : trimmed;
}

export function isOrAre( name: string ): 'is' | 'are' {
	return /[^su]s$/i.test( name.trim() ) ? 'are' : 'is';
}

/** Yes-or-no attributes and names such as `Made in` do not take "the … is …". */
export function asPlainStatement( attribute: Attribute ): string | null {
	const name = attribute.name.trim();
	if ( /^(yes|no|true|false)$/i.test( attribute.value.trim() ) ) {
		return `${ name }: ${ attribute.value.trim().toLowerCase() }.`;
	}
	if ( / (in|by|for|from|with|of|on|to)$/i.test( name ) ) {
		return `${ name } ${ valueWithUnit( attribute ) }.`;
	}
	return null;
}

/** `a, b and c` */
export function joined( items: readonly string[], conjunction = 'and' ): string {
	const last = items.at( -1 ) ?? '';
	return items.length < 2 ? last : `${ items.slice( 0, -1 ).join( ', ' ) } ${ conjunction } ${ last }`;
}
