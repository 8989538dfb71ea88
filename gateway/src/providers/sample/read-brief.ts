import { tones } from '@draftkeeper/contract';
import * as z from 'zod';

const DEFAULT_WORDS = 120;

const briefSchema = z.object( {
	facts: z.object( {
		name: z.string().trim().min( 1 ),
		sku: z.string().nullish(),
		categories: z.array( z.string() ).catch( [] ),
		tags: z.array( z.string() ).catch( [] ),
		attributes: z.array( z.object( { name: z.string(), value: z.string(), unit: z.string().nullish() } ) ).catch( [] ),
		price: z.object( { amount: z.string(), currency: z.string() } ).nullish().catch( null ),
	} ),
	brief: z.object( {
		tone: z.enum( tones ).catch( 'plain' ),
		words: z.number().positive().catch( DEFAULT_WORDS ),
		audience: z.string().nullish().catch( null ),
		keywords: z.array( z.string() ).catch( [] ),
	} ),
} );

export type SampleBrief = z.infer< typeof briefSchema >;

const OPENING = '<data>';
const CLOSING = '</data>';

/** Finds the block of facts in the messages; null where there is none that can be read. */
export function readBrief( messages: readonly { role: string; content: string }[] ): SampleBrief | null {
	const content = messages.findLast( ( message ) => message.role === 'user' )?.content ?? '';
	const start = content.indexOf( OPENING );
	const end = content.lastIndexOf( CLOSING );
	if ( start === -1 || end < start ) {
		return null;
	}
	try {
		return briefSchema.parse( JSON.parse( content.slice( start + OPENING.length, end ) ) );
	} catch {
		return null;
	}
}
