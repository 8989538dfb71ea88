import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { createParser } from 'eventsource-parser';
import { ChatStreamReader, type ChatEvent } from './adapters/chat-stream-reader.ts';
import { AnswerCollector } from './answer-collector.ts';
import type { AnswerListener } from './exchange.ts';
import { cutShort, fromAnswer, fromContent, fromStreamError } from './provider-errors.ts';
import type { AnswerPart, ModelAnswer } from './provider.ts';
import type { ProviderError } from './text-provider.ts';

type Hearing = {
	/** Null: the answer is wanted whole. */
	onPart: ( ( part: AnswerPart ) => void | Promise< void > ) | null;
	/** Hears what each event says beside its text. */
	onEvent: ( event: unknown ) => void;
	onContent: () => void;
	now: () => number;
};

/** Reads a chat completion from the wire, whole or streamed, as OpenAI and its like write it. */
export class WireAnswer implements AnswerListener {
	readonly #hearing: Hearing;
	readonly #reader = new ChatStreamReader();
	readonly #collector = new AnswerCollector();
	readonly #decoder = new StringDecoder( 'utf8' );
	readonly #parser = createParser( { onEvent: ( { data } ) => this.#takeEvent( data ) } );
	#status = 0;
	#headers: IncomingHttpHeaders = {};
	#isStream = false;
	#whole = '';
	/** What the bytes at hand have brought for the reader, and what went wrong after it. */
	#parts: AnswerPart[] = [];
	#failure: ProviderError | null = null;

	constructor( hearing: Hearing ) {
		this.#hearing = hearing;
	}

	begin( status: number, headers: IncomingHttpHeaders ): void {
		this.#status = status;
		this.#headers = headers;
		// Some servers answer a request for a stream with one JSON object: an error in spite of their 200, or the whole answer.
		this.#isStream = this.#isGood() && this.#hearing.onPart !== null && ( headers[ 'content-type' ]?.startsWith( 'text/event-stream' ) ?? false );
	}

	take( bytes: Buffer ): void | Promise< void > {
		const text = this.#decoder.write( bytes );
		if ( ! this.#isStream ) {
			this.#whole += text;
			return undefined;
		}
		this.#parser.feed( text );
		return this.#tell();
	}

	/** The answer, once all of it is there. */
	async end(): Promise< Omit< ModelAnswer, 'usage' | 'sample' > > {
		if ( this.#isStream ) {
			this.#parser.feed( `${ this.#decoder.end() }\n\n` );
		} else {
			this.#takeWhole( this.#whole + this.#decoder.end() );
		}
		this.#collect( this.#reader.end() );
		await this.#tell();
		const { content, finishReason } = this.#collector;
		if ( finishReason === null ) {
			throw cutShort();
		}
		return { content, finish_reason: finishReason.unified };
	}

	#isGood(): boolean {
		return this.#status >= 200 && this.#status <= 299;
	}

	#takeWhole( text: string ): void {
		if ( ! this.#isGood() ) {
			throw fromAnswer( this.#status, text, this.#headers[ 'retry-after' ], this.#hearing.now() );
		}
		const body = parse( text ) as { choices?: ChatEvent[ 'choices' ] } | null | undefined;
		this.#hearing.onEvent( body );
		const choice = Array.isArray( body?.choices ) ? body.choices[ 0 ] : undefined;
		if ( typeof choice?.message !== 'object' || choice.message === null ) {
			throw fromContent( body );
		}
		// The same as a stream of one event.
		this.#collect( this.#reader.take( { choices: [ { ...choice, delta: choice.message, finish_reason: choice.finish_reason ?? 'unknown' } ] } ) );
		if ( this.#collector.content.length === 0 && typeof choice.finish_reason !== 'string' ) {
			throw fromContent( body );
		}
	}

	#takeEvent( data: string ): void {
		if ( this.#failure !== null ) {
			return;
		}
		if ( data === '[DONE]' ) {
			this.#reader.complete();
			return;
		}
		const event = parse( data );
		this.#hearing.onEvent( event );
		this.#collect( this.#reader.take( event ) );
	}

	#collect( parts: readonly LanguageModelV3StreamPart[] ): void {
		for ( const part of parts ) {
			if ( part.type === 'error' ) {
				this.#failure ??= fromStreamError( part.error, this.#hearing.now() );
				return;
			}
			this.#parts.push( ...this.#collector.take( part ) );
		}
	}

	/** Hands on what there is, one part after the other; throws when it comes to what went wrong. */
	#tell(): void | Promise< void > {
		const parts = this.#parts;
		this.#parts = [];
		if ( parts.length > 0 ) {
			this.#hearing.onContent();
		}
		return this.#tellFrom( parts, 0 );
	}

	#tellFrom( parts: readonly AnswerPart[], first: number ): void | Promise< void > {
		const { onPart } = this.#hearing;
		for ( let index = first; index < parts.length; index++ ) {
			const busy = onPart?.( parts[ index ] as AnswerPart );
			if ( busy instanceof Promise ) {
				return busy.then( () => this.#tellFrom( parts, index + 1 ) );
			}
		}
		if ( this.#failure !== null ) {
			throw this.#failure;
		}
		return undefined;
	}
}

function parse( text: string ): unknown {
	try {
		return JSON.parse( text );
	} catch {
		// What it was stays out of the error.
		return undefined;
	}
}
