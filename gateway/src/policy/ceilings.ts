import { GatewayError } from '../errors.ts';
import type { Model } from '../providers/models.ts';
import type { Site } from '../sites/site.ts';

type Ceilings = { max_input_tokens: number | null; max_output_tokens: number | null };

/** The lower one of what the site may and what the model can. */
export function ceilingsOf( site: Site, model: Pick< Model, 'max_input_tokens' | 'max_output_tokens' > ): Ceilings {
	return {
		max_input_tokens: lower( site.max_input_tokens, model.max_input_tokens ),
		max_output_tokens: lower( site.max_output_tokens, model.max_output_tokens ),
	};
}

/** Longer answers than allowed are not refused, they are cut short: `max_output_tokens` is an option, and options are clamped. */
export function clampOutput( { max_output_tokens }: Ceilings, asked: number ): number {
	return Math.min( asked, max_output_tokens ?? Infinity );
}

/** A longer prompt than allowed is refused: what to leave out only its author knows. */
export function assertInputFits( { max_input_tokens }: Ceilings, tokens: number ): void {
	if ( max_input_tokens !== null && tokens > max_input_tokens ) {
		throw new GatewayError( 'prompt_too_long', `The prompt has ${ tokens } tokens; this site may send ${ max_input_tokens } to this model.` );
	}
}

function lower( one: number | undefined, other: number | undefined ): number | null {
	return one === undefined && other === undefined ? null : Math.min( one ?? Infinity, other ?? Infinity );
}
