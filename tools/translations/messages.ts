/** A text that people read, wherever it stands. */
export type Message = { id: string; plural: string | null; context: string; comments: Set< string >; files: Set< string > };

/** What tells one message from another, as gettext does. */
export const keyOf = ( { context, id }: Pick< Message, 'context' | 'id' > ): string => `${ context }\u0004${ id }`;

/** Puts together what is said in several places; sorted, so that the same texts make the same file. */
export class Messages {
	readonly #all = new Map< string, Message >();

	add( found: { id: string; plural?: string | null; context?: string; comment?: string | null; file: string } ): void {
		const message: Message = { id: found.id, plural: found.plural ?? null, context: found.context ?? '', comments: new Set(), files: new Set() };
		const known = this.#all.get( keyOf( message ) ) ?? message;
		this.#all.set( keyOf( message ), known );
		known.plural ??= message.plural;
		known.files.add( found.file );
		if ( found.comment ) {
			known.comments.add( found.comment );
		}
	}

	all(): Message[] {
		return [ ...this.#all.values() ].sort( ( one, other ) => ( keyOf( one ) < keyOf( other ) ? -1 : 1 ) );
	}
}

/** Which argument of each function is what; the domain comes last. */
export const functions: Record< string, ( 'id' | 'plural' | 'context' | 'number' )[] > = {
	__: [ 'id' ],
	_e: [ 'id' ],
	esc_html__: [ 'id' ],
	esc_attr__: [ 'id' ],
	esc_html_e: [ 'id' ],
	_x: [ 'id', 'context' ],
	esc_html_x: [ 'id', 'context' ],
	_n: [ 'id', 'plural', 'number' ],
	_nx: [ 'id', 'plural', 'number', 'context' ],
};

/** `translators: %s: a name` without its mark; null for any other comment. */
export function translatorsComment( text: string ): string | null {
	const comment = /translators:\s*([\s\S]*?)\s*(?:\*\/)?\s*$/i.exec( text )?.[ 1 ];
	return comment === undefined ? null : comment.replaceAll( /\s+/g, ' ' );
}
