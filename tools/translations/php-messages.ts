import { Engine } from 'php-parser';
import { functions, type Messages, translatorsComment } from './messages.ts';

/** A sign, or the kind, the text and the line of anything longer. */
type Token = string | [ kind: string, text: string, line: number ];

const engine = new Engine( { lexer: { all_tokens: true, comment_tokens: true } } );
const kind = ( token: Token | undefined ): string => typeof token === 'string' ? token : token?.[ 0 ] ?? '';
const text = ( token: Token | undefined ): string => typeof token === 'string' ? token : token?.[ 1 ] ?? '';

/** Reads the texts of a PHP file that belong to a domain. By its tokens: a parser would have to know every version of the language. */
export function addPhpMessages( messages: Messages, file: string, source: string, domain: string ): void {
	const tokens = ( engine.tokenGetAll( source ) as Token[] ).filter( ( token ) => kind( token ) !== 'T_WHITESPACE' );
	let comment: string | null = null;
	for ( const [ index, token ] of tokens.entries() ) {
		if ( kind( token ) === 'T_COMMENT' || kind( token ) === 'T_DOC_COMMENT' ) {
			comment = translatorsComment( text( token ) ) ?? comment;
		} else if ( text( token ) === ';' ) {
			// It belongs to the statement below it.
			comment = null;
		}
		const parts = kind( token ) === 'T_STRING' && text( tokens[ index + 1 ] ) === '(' ? functions[ text( token ) ] : undefined;
		const texts = parts ? argumentsFrom( tokens, index + 2 ) : [];
		if ( ! parts || texts[ parts.length ] !== domain || ! texts[ 0 ] ) {
			continue;
		}
		const given = Object.fromEntries( parts.map( ( part, position ) => [ part, texts[ position ] ?? null ] ) );
		messages.add( { id: texts[ 0 ], plural: given[ 'plural' ] ?? null, context: given[ 'context' ] ?? '', comment, file } );
	}
}

/** The arguments of a call: the text of each that is one string and nothing else. */
function argumentsFrom( tokens: readonly Token[], start: number ): ( string | null )[] {
	const found: Token[][] = [ [] ];
	let depth = 0;
	for ( let index = start; index < tokens.length; index++ ) {
		const token = tokens[ index ]!;
		const sign = text( token );
		if ( depth === 0 && sign === ')' ) {
			break;
		}
		depth += [ '(', '[', '{' ].includes( sign ) ? 1 : 0;
		depth -= [ ')', ']', '}' ].includes( sign ) ? 1 : 0;
		if ( depth === 0 && sign === ',' ) {
			found.push( [] );
		} else {
			found.at( -1 )!.push( token );
		}
	}
	return found.map( ( [ only, ...more ] ) => more.length === 0 && kind( only ) === 'T_CONSTANT_ENCAPSED_STRING' ? stringOf( text( only ) ) : null );
}

/** The value of a PHP string without variables. */
function stringOf( literal: string ): string {
	const inside = literal.slice( 1, -1 );
	return literal.startsWith( '\'' )
		? inside.replaceAll( /\\(['\\])/g, '$1' )
		: inside.replaceAll( /\\([nt"$\\])/g, ( _, sign: string ) => ( { n: '\n', t: '\t' } )[ sign ] ?? sign );
}
