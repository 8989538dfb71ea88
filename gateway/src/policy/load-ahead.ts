import type { Models } from '../providers/models.ts';
import type { Site } from '../sites/site.ts';
import { loadTokenizer } from '../tokenizer/count-tokens.ts';

/** Loads what rules of the file will need, so that no request has to wait for it: the tokenizer, where texts will be counted. */
export async function loadAhead( sites: ReadonlyMap< string, Site >, models: Models ): Promise< void > {
	const isBounded = [ ...models.values() ].some( ( { max_input_tokens } ) => max_input_tokens !== undefined );
	// Keys of the API may have budgets of their own.
	const isCounted = ( { api, budgets: { day, month }, max_input_tokens }: Site ) => api || ( day ?? month ?? max_input_tokens ) !== undefined;
	if ( isBounded || [ ...sites.values() ].some( isCounted ) ) {
		await loadTokenizer();
	}
}
