import type { ChatChunk, ChatCompletion, ChatUsage } from '@draftkeeper/contract/openai';
import type { AnswerPart } from '../providers/provider.ts';
import { marksOf } from '../providers/text-marks.ts';
import { toLogprobs, type AnswerHead } from './chat-answer.ts';

type Choice = ChatChunk[ 'choices' ][ number ];

/** Tells one answer, of several the one with this index, in OpenAI's chunks. */
export class ChatChunks {
	readonly #head: AnswerHead;
	readonly #withUsage: boolean;
	readonly #index: number;
	#hasBegun = false;
	/** Tool calls that were begun, by id, in order. */
	readonly #tools = new Map< string, number >();

	constructor( head: AnswerHead, { withUsage, index = 0 }: { withUsage: boolean; index?: number } ) {
		this.#head = head;
		this.#withUsage = withUsage;
		this.#index = index;
	}

	get hasBegun(): boolean {
		return this.#hasBegun;
	}

	/** What comes before everything else, once. */
	begin(): ChatChunk[] {
		const isFirst = ! this.#hasBegun;
		this.#hasBegun = true;
		return isFirst ? [ this.#chunk( { role: 'assistant', content: '' } ) ] : [];
	}

	/** What a part of the answer adds; null where OpenAI's clients do not get to see it. */
	take( part: AnswerPart ): ChatChunk | null {
		switch ( part.type ) {
			case 'text-delta': {
				const marks = marksOf( part );
				return this.#chunk( marks.refusal === true ? { refusal: part.delta } : { content: part.delta }, { logprobs: toLogprobs( marks ) } );
			}
			case 'tool-input-start':
				return this.#beginTool( part.id, part.toolName, '' );
			case 'tool-input-delta': {
				const index = this.#tools.get( part.id );
				return index === undefined ? null : this.#chunk( { tool_calls: [ { index, function: { arguments: part.delta } } ] } );
			}
			case 'tool-call':
				// Told already, piece by piece, unless the provider has told it at once.
				return this.#tools.has( part.toolCallId ) ? null : this.#beginTool( part.toolCallId, part.toolName, part.input );
			default:
				return null;
		}
	}

	last( finish_reason: NonNullable< Choice[ 'finish_reason' ] > ): ChatChunk[] {
		return [ this.#chunk( {}, { finish_reason } ) ];
	}

	/** What all answers have cost together, where it is known and wanted. */
	usage( usage: ChatUsage | null ): ChatChunk[] {
		return this.#withUsage && usage !== null ? [ { ...this.#base(), choices: [], usage } ] : [];
	}

	/** An answer that is there already, told again. */
	whole( { message: { content, refusal, tool_calls }, logprobs, finish_reason }: ChatCompletion[ 'choices' ][ number ] ): ChatChunk[] {
		return [
			...this.begin(),
			...( content === null || content === '' ? [] : [ this.#chunk( { content }, { logprobs } ) ] ),
			...( refusal === null ? [] : [ this.#chunk( { refusal } ) ] ),
			...( tool_calls ?? [] ).map( ( call ) => this.#beginTool( call.id, call.function.name, call.function.arguments ) ),
			...this.last( finish_reason ),
		];
	}

	#beginTool( id: string, name: string, written: string ): ChatChunk {
		const index = this.#tools.size;
		this.#tools.set( id, index );
		return this.#chunk( { tool_calls: [ { index, id, type: 'function', function: { name, arguments: written } } ] } );
	}

	#chunk( delta: Choice[ 'delta' ], { logprobs = null, finish_reason = null }: Partial< Choice > = {} ): ChatChunk {
		return { ...this.#base(), choices: [ { index: this.#index, delta, logprobs, finish_reason } ], ...( this.#withUsage ? { usage: null } : {} ) };
	}

	#base(): Pick< ChatChunk, 'id' | 'object' | 'created' | 'model' > {
		return { id: this.#head.id, object: 'chat.completion.chunk', created: this.#head.created, model: this.#head.model };
	}
}
