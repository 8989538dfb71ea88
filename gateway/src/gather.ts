type Waiting< In, Out > = { item: In; resolve: ( result: Out ) => void; reject: ( error: unknown ) => void };

/**
 * Hands on together, in the order in which they came, what arrives in one turn of the event loop, at most so many at a time: one question to
 * a server instead of many. `ask` answers each, or throws for all.
 */
export function gather< In, Out >( most: number, ask: ( items: readonly In[] ) => Promise< readonly Out[] > ): ( item: In ) => Promise< Out > {
	let waiting: Waiting< In, Out >[] = [];
	const send = async ( group: readonly Waiting< In, Out >[] ) => {
		try {
			const results = await ask( group.map( ( { item } ) => item ) );
			group.forEach( ( { resolve }, index ) => resolve( results[ index ] as Out ) );
		} catch ( error ) {
			group.forEach( ( { reject } ) => reject( error ) );
		}
	};
	return ( item ) => new Promise( ( resolve, reject ) => {
		if ( waiting.push( { item, resolve, reject } ) === 1 ) {
			setImmediate( () => {
				const all = waiting;
				waiting = [];
				for ( let from = 0; from < all.length; from += most ) {
					void send( all.slice( from, from + most ) );
				}
			} );
		}
	} );
}
