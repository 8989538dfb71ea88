/** A web stream of what a generator yields, each when it is asked for; the generator ends with the stream. */
export function streamOf< Part >( parts: AsyncGenerator< Part, void > ): ReadableStream< Part > {
	return new ReadableStream< Part >( {
		async pull( controller ) {
			const { done, value } = await parts.next();
			if ( done ) {
				controller.close();
			} else {
				controller.enqueue( value );
			}
		},
		async cancel() {
			await parts.return();
		},
	}, { highWaterMark: 0 } );
}
