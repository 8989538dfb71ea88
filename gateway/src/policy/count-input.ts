import type { CallOptions } from '../providers/provider.ts';
import { countMessages, countTokens } from '../tokenizer/count-tokens.ts';
import { trimHistory } from './trim-history.ts';

export type Prompt = CallOptions[ 'prompt' ];
type Part = Exclude< Prompt[ number ][ 'content' ], string >[ number ];
type Content = string | readonly Part[];

/** What a picture or another file is counted as; providers differ, and charge by its size. */
const FILE_TOKENS = 1_000;

/** What a request costs as input, definitions of tools and of the answer's structure included. */
export async function countInput( options: CallOptions ): Promise< number > {
	return await countMessages( options.prompt.map( toTurn ) ) + await countDefinitions( options );
}

export function countValues( values: readonly string[] ): Promise< number > {
	return countMessages( values.map( ( content ) => ( { content } ) ) );
}

/** Without the oldest exchanges, where the whole does not fit. */
export async function trimPrompt( options: CallOptions, maxTokens: number ): Promise< Prompt > {
	const turns = options.prompt.map( ( message ) => ( { ...toTurn( message ), role: message.role, message } ) );
	return ( await trimHistory( turns, maxTokens - await countDefinitions( options ) ) ).map( ( { message } ) => message );
}

/** Everything in a message that is text, tool calls and their answers too. */
export function textOf( content: Content ): string {
	return typeof content === 'string' ? content : content.map( ( part ) => {
		switch ( part.type ) {
			case 'text':
			case 'reasoning':
				return part.text;
			case 'tool-call':
				return `${ part.toolName } ${ JSON.stringify( part.input ) }`;
			case 'tool-result':
				return JSON.stringify( part.output );
			default:
				return '';
		}
	} ).join( '\n' );
}

function toTurn( { content }: Prompt[ number ] ): { content: string; extra_tokens: number } {
	const files = typeof content === 'string' ? 0 : content.filter( ( { type } ) => type === 'file' ).length;
	return { content: textOf( content ), extra_tokens: files * FILE_TOKENS };
}

async function countDefinitions( { tools, responseFormat }: CallOptions ): Promise< number > {
	const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined;
	return tools === undefined && schema === undefined ? 0 : countTokens( JSON.stringify( [ tools, schema ] ) );
}
