import type { LanguageModelV3Content, LanguageModelV3FinishReason, LanguageModelV3StreamPart, SharedV3ProviderMetadata } from '@ai-sdk/provider';
import type { AnswerPart } from './provider.ts';
import { marked, marksOf, type TextMarks } from './text-marks.ts';
import { WellFormedPieces } from './well-formed-pieces.ts';

type Open = { part: { type: 'text' | 'reasoning'; text: string; providerMetadata?: SharedV3ProviderMetadata }; pieces: WellFormedPieces };

/** Joins the parts of a stream into the answer they make. */
export class AnswerCollector {
	readonly content: LanguageModelV3Content[] = [];
	/** Null: the stream has not said how it ended. */
	finishReason: LanguageModelV3FinishReason | null = null;
	readonly #open = new Map< string, Open >();

	/** Takes the next part; returns what a reader of the stream may see of it, in order. */
	take( part: LanguageModelV3StreamPart ): AnswerPart[] {
		switch ( part.type ) {
			case 'text-start':
			case 'reasoning-start':
				this.#start( part.type === 'text-start' ? 'text' : 'reasoning', part.id );
				return [ part ];
			case 'text-delta':
			case 'reasoning-delta':
				return this.#add( part );
			case 'text-end':
			case 'reasoning-end':
				return this.#end( part );
			case 'finish':
				this.finishReason = part.finishReason;
				return [];
			case 'tool-call':
			case 'tool-result':
			case 'tool-approval-request':
			case 'file':
			case 'source':
				this.content.push( part );
				return [ part ];
			case 'tool-input-start':
			case 'tool-input-delta':
			case 'tool-input-end':
				return [ part ];
			default:
				return [];
		}
	}

	#start( type: 'text' | 'reasoning', id: string ): Open {
		const open: Open = { part: { type, text: '' }, pieces: new WellFormedPieces() };
		this.#open.set( `${ type }:${ id }`, open );
		this.content.push( open.part );
		return open;
	}

	#add( part: Extract< AnswerPart, { type: 'text-delta' | 'reasoning-delta' } > ): AnswerPart[] {
		const type = part.type === 'text-delta' ? 'text' : 'reasoning';
		const open = this.#open.get( `${ type }:${ part.id }` ) ?? this.#start( type, part.id );
		const delta = open.pieces.take( part.delta );
		open.part.text += delta;
		if ( part.providerMetadata !== undefined ) {
			Object.assign( open.part, marked( joined( marksOf( open.part ), marksOf( part ) ) ) );
		}
		return delta === '' && part.providerMetadata === undefined ? [] : [ { ...part, delta } ];
	}

	#end( part: Extract< AnswerPart, { type: 'text-end' | 'reasoning-end' } > ): AnswerPart[] {
		const type = part.type === 'text-end' ? 'text' : 'reasoning';
		const open = this.#open.get( `${ type }:${ part.id }` );
		const rest = open?.pieces.end() ?? '';
		this.#open.delete( `${ type }:${ part.id }` );
		if ( open === undefined || rest === '' ) {
			return [ part ];
		}
		open.part.text += rest;
		return [ { type: `${ type }-delta`, id: part.id, delta: rest }, part ];
	}
}

function joined( known: TextMarks, more: TextMarks ): TextMarks {
	const logprobs = [ ...( known.logprobs ?? [] ), ...( more.logprobs ?? [] ) ];
	return { ...known, ...more, ...( logprobs.length === 0 ? {} : { logprobs } ) };
}
