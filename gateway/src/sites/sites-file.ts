import { modify, applyEdits, type JSONPath } from 'jsonc-parser';
import * as z from 'zod';
import { ConfigError, listIssues } from '../config-error.ts';
import { configFileSchema } from '../config-file.ts';
import { tenantOf } from './site.ts';

const listed = z.looseObject( {
	disabled: z.boolean().default( false ),
	sites: z.array( z.looseObject( {
		site_id: z.string(),
		blog_id: z.int().default( 1 ),
		home: z.string(),
		keys: z.array( z.looseObject( { kid: z.string() } ) ),
		webhook_secret_env: z.string(),
		models: z.array( z.string() ),
		disabled: z.boolean().default( false ),
	} ) ),
	models: z.array( z.looseObject( { id: z.string() } ) ),
} );

export type ListedSite = z.infer< typeof listed >[ 'sites' ][ number ];

/** The file with sites as text: changed in place, so that order, indentation and what is not known here stay as they are. */
export class SitesFile {
	readonly text: string;
	readonly content: z.infer< typeof listed >;

	/** Throws a `ConfigError` with everything that the gateway would refuse in it. Only whoever adds the first site may find none. */
	constructor( path: string, text: string, { mayBeEmpty = false } = {} ) {
		let content: unknown;
		try {
			content = JSON.parse( text );
		} catch {
			throw new ConfigError( [ `${ path } is not valid JSON` ] );
		}
		const parsed = configFileSchema.safeParse( content );
		const isOnlyEmpty = parsed.error?.issues.every( ( issue ) => issue.code === 'too_small' && issue.path.join( '.' ) === 'sites' ) ?? false;
		if ( ! parsed.success && ! ( mayBeEmpty && isOnlyEmpty ) ) {
			throw new ConfigError( listIssues( parsed.error ).map( ( issue ) => `${ path }: ${ issue }` ) );
		}
		this.text = text;
		this.content = listed.parse( content );
	}

	find( tenant: string ): ListedSite | null {
		return this.content.sites[ this.#indexOf( tenant ) ] ?? null;
	}

	withSite( site: object ): string {
		return this.#insert( [ 'sites', -1 ], site );
	}

	withKey( tenant: string, key: object ): string {
		return this.#insert( [ 'sites', this.#indexOf( tenant ), 'keys', -1 ], key );
	}

	/** Leaves only the key that was added last. */
	withNewestKey( tenant: string ): string {
		const count = this.find( tenant )?.keys.length ?? 0;
		let text = this.text;
		for ( let left = count; left > 1; left-- ) {
			text = applyEdits( text, modify( text, [ 'sites', this.#indexOf( tenant ), 'keys', 0 ], undefined, this.#options ) );
		}
		return text;
	}

	/** Null: the whole gateway. */
	withSwitch( tenant: string | null, disabled: boolean ): string {
		const path: JSONPath = tenant === null ? [ 'disabled' ] : [ 'sites', this.#indexOf( tenant ), 'disabled' ];
		const edits = modify( this.text, path, disabled ? true : undefined, {} );
		// Formatted by the library, the line before would change too.
		return applyEdits( this.text, edits.map( ( edit ) => ( { ...edit, content: edit.content.replace( /^,/, () => `,${ this.#newLineAt( edit.offset ) }` ) } ) ) );
	}

	#newLineAt( offset: number ): string {
		const line = this.text.slice( this.text.lastIndexOf( '\n', offset - 1 ) + 1 );
		return `${ this.#eol }${ /^[ \t]*/.exec( line )?.[ 0 ] ?? '' }`;
	}

	#insert( path: JSONPath, value: object ): string {
		return applyEdits( this.text, modify( this.text, path, value, { ...this.#options, isArrayInsertion: true } ) );
	}

	#indexOf( tenant: string ): number {
		return this.content.sites.findIndex( ( { site_id, blog_id } ) => tenantOf( site_id, blog_id ) === tenant );
	}

	get #options() {
		const indent = /^([ \t]+)"/m.exec( this.text )?.[ 1 ] ?? '\t';
		return { formattingOptions: { insertSpaces: ! indent.startsWith( '\t' ), tabSize: indent.length, eol: this.#eol } };
	}

	get #eol(): string {
		return this.text.includes( '\r\n' ) ? '\r\n' : '\n';
	}
}
