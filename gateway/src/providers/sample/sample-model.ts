import { APICallError, type LanguageModelV3, type LanguageModelV3CallOptions, type LanguageModelV3Prompt, type LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { wait, type Clock } from '../../clock.ts';
import { streamOf } from '../stream-of.ts';
import { countWords } from './count-words.ts';
import { readBrief } from './read-brief.ts';
import { SeededChoice } from './seeded-choice.ts';
import { writeDescription } from './write-description.ts';
import { writeReply } from './write-reply.ts';

/** Tokens that a word takes at most, so that a text stays within the asked number of tokens. */
const TOKENS_PER_WORD = 2;
const DEFAULT_TOKENS = 2_048;
/** Up to the end of a sentence or of an item. */
const PIECE = /.+?(?:[.!?](?=\s|<)|<\/li>|$)/gs;

const NOT_COUNTED = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined, text: undefined, reasoning: undefined };
const FINISHED = { unified: 'stop', raw: 'stop' } as const;
const CUT = { unified: 'length', raw: 'length' } as const;

export type SampleOptions = {
	clock: Clock;
	/** Between two sentences of a stream, so that it can be seen how a text is written. */
	pause_ms?: number;
};

/**
 * Writes without a language model: real sentences from the facts it is given, so that everything runs without a key.
 * Wants the product's data as `<data>{json}</data>` in the user's message; without, jobs are refused, and programs that try the API are told
 * what they have reached. Streams sentence by sentence.
 */
export function sampleModel( id: string, { clock, pause_ms = 0 }: SampleOptions ): LanguageModelV3 {
	return {
		specificationVersion: 'v3',
		provider: 'sample',
		modelId: id,
		supportedUrls: {},
		async doGenerate( options ) {
			options.abortSignal?.throwIfAborted();
			const { text, finishReason, ...counts } = writeText( options );
			return {
				content: [ { type: 'text', text } ],
				finishReason,
				usage: { inputTokens: NOT_COUNTED, outputTokens: NOT_COUNTED },
				response: { body: counts },
				warnings: [],
			};
		},
		async doStream( options ) {
			options.abortSignal?.throwIfAborted();
			return { stream: streamOf( streamText( options, clock, pause_ms ) ) };
		},
	};
}

async function* streamText( options: LanguageModelV3CallOptions, clock: Clock, pause_ms: number ): AsyncGenerator< LanguageModelV3StreamPart, void > {
	const { text, finishReason, ...counts } = writeText( options );
	yield { type: 'text-start', id: '0' };
	for ( const [ index, delta ] of ( text.match( PIECE ) ?? [] ).entries() ) {
		if ( index > 0 && pause_ms > 0 ) {
			await wait( clock, pause_ms );
		}
		options.abortSignal?.throwIfAborted();
		yield { type: 'text-delta', id: '0', delta };
	}
	yield { type: 'text-end', id: '0' };
	yield { type: 'raw', rawValue: counts };
	yield { type: 'finish', finishReason, usage: { inputTokens: NOT_COUNTED, outputTokens: NOT_COUNTED } };
}

function writeText( { prompt, maxOutputTokens = DEFAULT_TOKENS, providerOptions, responseFormat, toolChoice }: LanguageModelV3CallOptions ) {
	const messages = prompt.map( textOf );
	const brief = readBrief( messages );
	const { seed, needs_facts } = providerOptions?.[ 'sample' ] ?? {};
	const mustCall = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
	if ( mustCall || responseFormat?.type === 'json' || ( brief === null && needs_facts === true ) ) {
		throw new APICallError( { message: 'Nothing that this writer can do.', url: 'sample:', requestBodyValues: {}, statusCode: 400 } );
	}
	const maxWords = Math.floor( maxOutputTokens / TOKENS_PER_WORD );
	const { text, isCut } = brief === null
		? writeReply( messages.findLast( ( { role } ) => role === 'user' )?.content ?? '', Math.max( 1, maxWords ) )
		: { text: writeDescription( brief, maxWords, new SeededChoice( typeof seed === 'string' ? seed : '' ) ), isCut: false };
	return {
		text, finishReason: isCut ? CUT : FINISHED, tokens_in: countWords( messages.map( ( { content } ) => content ).join( '\n' ) ), tokens_out: countWords( text ),
	};
}

function textOf( { role, content }: LanguageModelV3Prompt[ number ] ): { role: string; content: string } {
	const parts = typeof content === 'string' ? [ content ] : content.map( ( part ) => ( part.type === 'text' ? part.text : '' ) );
	return { role, content: parts.join( '' ) };
}
