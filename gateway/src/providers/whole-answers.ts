import type { Fetch } from './adapter.ts';

const MAX_ERROR_BYTES = 2 * 1024 * 1024;

type WholeAnswers = {
	fetch: Fetch;
	/** What came in place of a stream; null where a stream came. */
	whole: string | null;
	/** Answers with that again. */
	replay: Fetch;
};

/** Some servers answer a request for a stream with one JSON object: an error in spite of their 200, or the whole answer. */
export function withWholeAnswers( fetch: Fetch ): WholeAnswers {
	const answers: WholeAnswers = {
		whole: null,
		async fetch( input, init ) {
			const response = await fetch( input, init );
			if ( ! response.ok || ! /^(application\/json|text\/html)/i.test( response.headers.get( 'content-type' ) ?? '' ) ) {
				return response;
			}
			answers.whole = ( await response.text() ).slice( 0, MAX_ERROR_BYTES );
			return new Response( '', { headers: { 'content-type': 'text/event-stream' } } );
		},
		replay: async () => new Response( answers.whole, { headers: { 'content-type': 'application/json' } } ),
	};
	return answers;
}
