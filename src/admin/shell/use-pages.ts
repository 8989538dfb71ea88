import { useState } from '@wordpress/element';

export interface Pages {
	/** Where this page begins; null: it is the first one. */
	cursor: string | null;
	number: number;
	toFirst: () => void;
	toPrevious: () => void;
	toNext: ( cursor: string ) => void;
}

/** The way from page to page, each of which says where the next one begins. Whenever something else is asked for, it begins anew. */
export function usePages( asked: unknown ): Pages {
	const key = JSON.stringify( asked );
	const [ trail, setTrail ] = useState< { key: string; cursors: string[] } >( { key, cursors: [] } );
	const cursors = trail.key === key ? trail.cursors : [];
	const go = ( changed: string[] ) => setTrail( { key, cursors: changed } );
	return {
		cursor: cursors.at( -1 ) ?? null,
		number: cursors.length + 1,
		toFirst: () => go( [] ),
		toPrevious: () => go( cursors.slice( 0, -1 ) ),
		toNext: ( cursor ) => go( [ ...cursors, cursor ] ),
	};
}
