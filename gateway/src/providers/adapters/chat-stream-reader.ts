import { randomUUID } from 'node:crypto';
import { InvalidResponseDataError, type LanguageModelV3FinishReason, type LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { marked, readLogprobs, type TextMarks } from '../text-marks.ts';

type Delta = { content?: unknown; reasoning_content?: unknown; reasoning?: unknown; refusal?: unknown; tool_calls?: unknown };
/** `message`: in place of `delta` in an answer that comes whole. */
type Choice = { delta?: Delta | null; message?: Delta | null; finish_reason?: unknown; logprobs?: unknown };
export type ChatEvent = { choices?: Choice[]; error?: unknown };
type ToolDelta = { index?: unknown; id?: unknown; function?: { name?: unknown; arguments?: unknown } };
type ToolCall = { id: string; name: string; input: string };
type Block = { type: 'text' | 'reasoning'; id: string; isRefusal: boolean };

const finishReasons: Record< string, LanguageModelV3FinishReason[ 'unified' ] > = {
	stop: 'stop', length: 'length', content_filter: 'content-filter', tool_calls: 'tool-calls', function_call: 'tool-calls',
};

const NOT_COUNTED = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined, text: undefined, reasoning: undefined };

/** Turns the events of a streamed chat completion into the AI SDK's parts. Reads past whatever it does not know. */
export class ChatStreamReader {
	#block: Block | null = null;
	#blocks = 0;
	readonly #tools = new Map< unknown, ToolCall >();
	#lastTool: ToolCall | null = null;
	#isRefused = false;
	#finishReason: string | null = null;

	take( event: unknown ): LanguageModelV3StreamPart[] {
		if ( typeof event !== 'object' || event === null || Array.isArray( event ) ) {
			return [ { type: 'error', error: new InvalidResponseDataError( { data: 'no event' } ) } ];
		}
		const { choices, error } = event as ChatEvent;
		if ( error !== undefined && error !== null ) {
			return [ { type: 'error', error } ];
		}
		const choice = Array.isArray( choices ) ? choices[ 0 ] : undefined;
		if ( typeof choice?.finish_reason === 'string' && choice.finish_reason !== '' ) {
			this.#finishReason = choice.finish_reason;
		}
		return choice?.delta ? this.#takeDelta( choice.delta, choice.logprobs ? readLogprobs( choice ) : {} ) : [];
	}

	/** The stream has said that this was all; some servers never say why. */
	complete(): void {
		if ( this.#blocks > 0 || this.#tools.size > 0 ) {
			this.#finishReason ??= 'unknown';
		}
	}

	end(): LanguageModelV3StreamPart[] {
		const parts: LanguageModelV3StreamPart[] = this.#endBlock();
		for ( const { id, name, input } of this.#tools.values() ) {
			parts.push( { type: 'tool-input-end', id }, { type: 'tool-call', toolCallId: id, toolName: name, input: input === '' ? '{}' : input } );
		}
		const raw = this.#finishReason;
		if ( raw === null ) {
			return [ ...parts, { type: 'error', error: new InvalidResponseDataError( { data: undefined } ) } ];
		}
		const unified = this.#isRefused && raw === 'stop' ? 'content-filter' : ( finishReasons[ raw ] ?? 'other' );
		return [ ...parts, { type: 'finish', finishReason: { unified, raw }, usage: { inputTokens: NOT_COUNTED, outputTokens: NOT_COUNTED } } ];
	}

	#takeDelta( { content, reasoning_content, reasoning, refusal, tool_calls }: Delta, marks: TextMarks ): LanguageModelV3StreamPart[] {
		const parts = [ ...this.#write( 'reasoning', reasoning_content ?? reasoning ), ...this.#write( 'text', textOf( content ), marks ) ];
		if ( typeof refusal === 'string' && refusal !== '' ) {
			this.#isRefused = true;
			parts.push( ...this.#write( 'text', refusal, { refusal: true } ) );
		}
		for ( const call of Array.isArray( tool_calls ) ? ( tool_calls as ToolDelta[] ) : [] ) {
			parts.push( ...this.#takeTool( call ) );
		}
		return parts;
	}

	#write( type: Block[ 'type' ], delta: unknown, marks: TextMarks = {} ): LanguageModelV3StreamPart[] {
		if ( typeof delta !== 'string' || delta === '' ) {
			return [];
		}
		const isRefusal = marks.refusal === true;
		const metadata = marked( marks );
		if ( this.#block?.type === type && this.#block.isRefusal === isRefusal ) {
			return [ { type: `${ type }-delta`, id: this.#block.id, delta, ...metadata } ];
		}
		const ended = this.#endBlock();
		this.#block = { type, id: String( this.#blocks++ ), isRefusal };
		return [ ...ended, { type: `${ type }-start`, id: this.#block.id }, { type: `${ type }-delta`, id: this.#block.id, delta, ...metadata } ];
	}

	#endBlock(): LanguageModelV3StreamPart[] {
		const ended = this.#block;
		this.#block = null;
		return ended === null ? [] : [ { type: `${ ended.type }-end`, id: ended.id } ];
	}

	#takeTool( { index, id, function: called }: ToolDelta ): LanguageModelV3StreamPart[] {
		const parts = this.#endBlock();
		const { name, arguments: input } = called ?? {};
		// Some servers number their calls, some only begin a new one with a name.
		let tool = index === undefined || index === null ? this.#lastTool : this.#tools.get( index );
		const isNew = tool === undefined || tool === null || ( typeof index !== 'number' && typeof name === 'string' && name !== '' );
		if ( isNew ) {
			tool = { id: typeof id === 'string' && id !== '' ? id : `call_${ randomUUID() }`, name: typeof name === 'string' ? name : '', input: '' };
			this.#tools.set( index ?? tool.id, tool );
			parts.push( { type: 'tool-input-start', id: tool.id, toolName: tool.name } );
		}
		if ( ! tool ) {
			return parts;
		}
		this.#lastTool = tool;
		if ( typeof input === 'string' && input !== '' ) {
			tool.input += input;
			parts.push( { type: 'tool-input-delta', id: tool.id, delta: input } );
		}
		return parts;
	}
}

function textOf( content: unknown ): unknown {
	return Array.isArray( content )
		? content.map( ( part: { type?: unknown; text?: unknown } ) => ( part.type === 'text' && typeof part.text === 'string' ? part.text : '' ) ).join( '' )
		: content;
}
