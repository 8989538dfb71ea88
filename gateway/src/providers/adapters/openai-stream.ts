import { JSONParseError, type LanguageModelV3, type LanguageModelV3CallOptions, type LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { createParser } from 'eventsource-parser';
import type { Fetch } from '../adapter.ts';
import { streamOf } from '../stream-of.ts';
import { ChatStreamReader } from './chat-stream-reader.ts';

/** The request that the AI SDK would have made. */
class Asked extends Error {
	override readonly name = 'Asked';
	readonly request: Parameters< Fetch >;

	constructor( ...request: Parameters< Fetch > ) {
		super( 'asked' );
		this.request = request;
	}
}

/**
 * Lets the AI SDK say what to ask, and reads the answer itself: one parser in place of six web streams and a schema for
 * each event, which is most of what a streamed call costs. An answer that is no stream is left to the AI SDK.
 */
export function withQuickStreams( open: ( fetch: Fetch ) => LanguageModelV3, fetch: Fetch ): LanguageModelV3 {
	const model = open( fetch );
	const answers = new WeakMap< AbortSignal, Response >();
	const asking = open( async ( ...request ) => {
		const answer = request[ 1 ]?.signal ? answers.get( request[ 1 ].signal ) : undefined;
		if ( answer === undefined ) {
			throw new Asked( ...request );
		}
		return answer;
	} );
	return {
		specificationVersion: 'v3',
		provider: model.provider,
		modelId: model.modelId,
		supportedUrls: model.supportedUrls,
		doGenerate: ( options ) => model.doGenerate( options ),
		async doStream( options ) {
			const { abortSignal } = options;
			if ( abortSignal === undefined ) {
				return model.doStream( options );
			}
			const response = await fetch( ...( await requestOf( asking, options ) ) );
			if ( response.ok && response.body !== null && response.headers.get( 'content-type' )?.startsWith( 'text/event-stream' ) === true ) {
				return { stream: streamOf( readParts( response.body ) ) };
			}
			answers.set( abortSignal, response );
			return asking.doStream( options );
		},
	};
}

async function requestOf( model: LanguageModelV3, options: LanguageModelV3CallOptions ): Promise< Parameters< Fetch > > {
	try {
		await model.doStream( options );
	} catch ( error ) {
		if ( error instanceof Asked ) {
			return error.request;
		}
		throw error;
	}
	throw new Error( 'The AI SDK has asked nothing.' );
}

async function* readParts( body: ReadableStream< Uint8Array > ): AsyncGenerator< LanguageModelV3StreamPart, void > {
	const reader = new ChatStreamReader();
	const decoder = new TextDecoder();
	let parts: LanguageModelV3StreamPart[] = [];
	const parser = createParser( {
		onEvent( { data } ) {
			parts.push( ...( data === '[DONE]' ? [] : readEvent( reader, data ) ) );
		},
	} );
	for await ( const bytes of body ) {
		parser.feed( decoder.decode( bytes, { stream: true } ) );
		yield* parts;
		parts = [];
	}
	parser.feed( `${ decoder.decode() }\n\n` );
	yield* parts;
	yield* reader.end();
}

function readEvent( reader: ChatStreamReader, data: string ): LanguageModelV3StreamPart[] {
	let event: unknown;
	try {
		event = JSON.parse( data );
	} catch ( cause ) {
		return [ { type: 'error', error: new JSONParseError( { text: '', cause } ) } ];
	}
	return [ { type: 'raw', rawValue: event }, ...reader.take( event ) ];
}
