import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import type { Site } from '../sites/site.ts';

const PATIENCE_MS = 5_000;

/** What letters look like, and not how they are written: fullwidth forms, and signs between letters that nobody sees. */
const plain = ( text: string ) => text.normalize( 'NFKC' ).replace( /\p{Cf}/gu, '' );

const verdict = z.object( { results: z.array( z.object( { flagged: z.boolean() } ) ).min( 1 ) } );

export type ModerationDeps = { fetch: typeof globalThis.fetch; clock: Clock; logger: Logger; meter?: Meter | undefined };

export type Moderated =
	| 'allowed'
	| 'blocked'
	/** Nobody could tell, and the site wants to wait rather than to go without. */
	| 'unknown';

/** Looks at what people have written before a provider is paid for an answer to it. */
export class Moderation {
	readonly #deps: ModerationDeps;

	constructor( deps: ModerationDeps ) {
		this.#deps = deps;
	}

	async check( site: Site, all: readonly string[] ): Promise< Moderated > {
		const rules = site.moderation;
		// A message may be a picture alone, and services refuse to look at nothing.
		const texts = all.filter( ( text ) => text.trim() !== '' );
		if ( rules === undefined || texts.length === 0 ) {
			return 'allowed';
		}
		const written = texts.flatMap( ( text ) => [ text, plain( text ) ] );
		if ( rules.patterns.some( ( pattern ) => written.some( ( text ) => new RegExp( pattern, 'iu' ).test( text ) ) ) ) {
			return this.#count( site, 'blocked' );
		}
		if ( rules.url === undefined ) {
			return this.#count( site, 'allowed' );
		}
		try {
			return this.#count( site, ( await this.#ask( rules.url, site.moderation_key, rules.model, texts ) ) ? 'blocked' : 'allowed' );
		} catch ( error ) {
			this.#deps.meter?.moderated( { tenant: site.tenant, outcome: 'failed' } );
			this.#deps.logger.warn( { tenant: site.tenant, on_error: rules.on_error, err: error }, 'texts could not be moderated' );
			return rules.on_error === 'allow' ? 'allowed' : 'unknown';
		}
	}

	#count( { tenant }: Site, outcome: 'allowed' | 'blocked' ): Moderated {
		this.#deps.meter?.moderated( { tenant, outcome } );
		return outcome;
	}

	/** OpenAI's `/v1/moderations`, and whoever speaks it. */
	async #ask( url: string, key: string | null, model: string, texts: readonly string[] ): Promise< boolean > {
		const { fetch, clock } = this.#deps;
		const controller = new AbortController();
		const stopTimer = clock.setTimer( () => controller.abort(), PATIENCE_MS );
		try {
			const response = await fetch( url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...( key === null ? {} : { authorization: `Bearer ${ key }` } ) },
				body: JSON.stringify( { model, input: texts } ),
				signal: controller.signal,
			} );
			if ( ! response.ok ) {
				throw Object.assign( new Error( 'refused' ), { code: `HTTP_${ response.status }` } );
			}
			const { results } = verdict.parse( await response.json() );
			if ( results.length !== texts.length ) {
				throw Object.assign( new Error( 'some texts were not looked at' ), { code: 'MISSING_RESULTS' } );
			}
			return results.some( ( { flagged } ) => flagged );
		} finally {
			stopTimer();
		}
	}
}
