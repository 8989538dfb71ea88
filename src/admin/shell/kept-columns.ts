import type { View } from '@wordpress/dataviews';
import * as z from 'zod/mini';

const kept = z.object( { fields: z.array( z.string() ), density: z.optional( z.enum( [ 'compact', 'balanced', 'comfortable' ] ) ) } );

const key = ( table: string ) => `draftkeeper-columns-${ table }`;

/** Which columns a person has chosen for a table in this browser; nothing where none are known. */
export function keptColumns( table: string ): Partial< View > {
	try {
		const { fields, density } = kept.parse( JSON.parse( window.localStorage.getItem( key( table ) ) ?? '' ) );
		return { fields, layout: density === undefined ? {} : { density } } as Partial< View >;
	} catch {
		// Nothing kept, or by another version, or by nobody: a browser may have no storage.
		return {};
	}
}

export function keepColumns( table: string, view: View ): void {
	const density = view.layout !== undefined && 'density' in view.layout ? view.layout.density : undefined;
	try {
		window.localStorage.setItem( key( table ), JSON.stringify( { fields: view.fields ?? [], ...( density === undefined ? {} : { density } ) } ) );
	} catch {
		// The table works without.
	}
}
