import { randomUUID } from 'node:crypto';
import { Client } from 'undici';
import type { Job } from '@draftkeeper/contract';
import type { Session } from '../stack/wordpress.ts';

const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 10_000;

export type Call = { method: 'GET' | 'POST' | 'DELETE'; path: string; headers?: Record< string, string >; body?: object };
export type Answer = { status: number; headers: Record< string, string | string[] | undefined >; text: string };

/** A logged in editor's browser: one connection that is kept alive. */
export class Browser {
	readonly #client: Client;
	readonly #session: Session;

	constructor( wpUrl: string, session: Session ) {
		this.#client = new Client( wpUrl, { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: BODY_TIMEOUT_MS, pipelining: 1 } );
		this.#session = session;
	}

	/** Throws where there is no answer. */
	async send( { method, path, headers, body }: Call ): Promise< Answer > {
		const answer = await this.#client.request( {
			method,
			path: `/wp-json/${ path }`,
			headers: {
				cookie: this.#session.cookie,
				'x-wp-nonce': this.#session.nonce,
				accept: 'application/json',
				...( body === undefined ? {} : { 'content-type': 'application/json' } ),
				...headers,
			},
			body: body === undefined ? null : JSON.stringify( body ),
		} );
		return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
	}

	close(): Promise< void > {
		return this.#client.destroy();
	}
}

/** What an editor sends for a product; `name` tells one request from another. */
export const createJob = ( name: string, model: string, key: string = randomUUID() ): Call => ( {
	method: 'POST',
	path: 'draftkeeper/v1/jobs',
	headers: { 'idempotency-key': key, 'x-request-id': randomUUID() },
	body: {
		task: 'product_description',
		model,
		input: {
			facts: {
				name,
				sku: 'OAK-42',
				categories: [ 'Furniture', 'Shelves' ],
				tags: [ 'oak', 'handmade' ],
				attributes: [ { name: 'Width', value: '42', unit: 'cm' }, { name: 'Height', value: '180', unit: 'cm' }, { name: 'Material', value: 'Oak', unit: null } ],
				price: { amount: '249.00', currency: 'EUR' },
				images: [],
				existing_text: null,
			},
		},
		options: { tone: 'plain', words: 80 },
		target: 'field:excerpt',
	},
} );

export const readJob = ( uuid: string, etag?: string ): Call => ( {
	method: 'GET', path: `draftkeeper/v1/jobs/${ uuid }`, ...( etag === undefined ? {} : { headers: { 'if-none-match': etag } } ),
} );

/** A job out of an answer that must hold one. */
export function jobIn( answer: Answer ): Job {
	if ( answer.status < 200 || answer.status > 299 ) {
		throw new Error( `A job was expected, the answer was ${ answer.status }: ${ answer.text.slice( 0, 300 ) }` );
	}
	return JSON.parse( answer.text ) as Job;
}
