/** Asks as often as wanted, at once, as if it were one request: where one fails, the others are called off. */
export async function askSeveral< T >( count: number, signal: AbortSignal, ask: ( index: number, signal: AbortSignal ) => Promise< T > ): Promise< T[] > {
	if ( count === 1 ) {
		return [ await ask( 0, signal ) ];
	}
	const controller = new AbortController();
	const stop = () => controller.abort( signal.reason );
	signal.addEventListener( 'abort', stop );
	if ( signal.aborted ) {
		stop();
	}
	const asked = Array.from( { length: count }, ( _nothing, index ) => ask( index, controller.signal ) );
	try {
		return await Promise.all( asked );
	} catch ( error ) {
		controller.abort( 'another answer has failed' );
		// What they have cost is told before the request ends.
		await Promise.allSettled( asked );
		throw error;
	} finally {
		signal.removeEventListener( 'abort', stop );
	}
}
