import type { SqliteDatabase } from '../database.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { readApiKey, type ApiKey } from './api-key.ts';

type Row = { key_json: string; revoked_at: number | null; last_used_at: number | null };

/** In the gateway's own file. */
export class SqliteApiKeyStore implements ApiKeyStore {
	readonly #insert;
	readonly #select;
	readonly #selectAll;
	readonly #revoke;
	readonly #markUsed;
	/** Requests that come in one turn of the event loop share a look: it is a twelfth of what a call costs. */
	readonly #found = new Map< string, ApiKey | null >();

	constructor( database: SqliteDatabase ) {
		this.#insert = database.prepare( 'INSERT INTO api_keys ( id, tenant, key_json, created_at ) VALUES ( :id, :tenant, :key_json, :created_at )' );
		this.#select = database.prepare( 'SELECT key_json, revoked_at, last_used_at FROM api_keys WHERE id = ?' );
		this.#selectAll = database.prepare( `
			SELECT key_json, revoked_at, last_used_at FROM api_keys WHERE :tenant IS NULL OR tenant = :tenant ORDER BY created_at, id` );
		this.#revoke = database.prepare( 'UPDATE api_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL' );
		this.#markUsed = database.prepare( 'UPDATE api_keys SET last_used_at = :now WHERE id = :id' );
	}

	async add( key: ApiKey ): Promise< void > {
		this.#found.clear();
		this.#insert.run( { id: key.id, tenant: key.tenant, key_json: JSON.stringify( key ), created_at: key.created_at } );
	}

	async find( id: string ): Promise< ApiKey | null > {
		const found = this.#found.get( id );
		if ( found !== undefined ) {
			return found;
		}
		const row = this.#select.get( id ) as Row | undefined;
		const key = row === undefined ? null : toApiKey( row );
		if ( this.#found.size === 0 ) {
			setImmediate( () => this.#found.clear() );
		}
		this.#found.set( id, key );
		return key;
	}

	async list( tenant: string | null ): Promise< ApiKey[] > {
		return ( this.#selectAll.all( { tenant } ) as Row[] ).map( toApiKey );
	}

	async revoke( id: string, now: number ): Promise< ApiKey | null > {
		this.#revoke.run( { id, now } );
		this.#found.clear();
		return this.find( id );
	}

	async markUsed( id: string, now: number ): Promise< void > {
		this.#markUsed.run( { id, now } );
		this.#found.clear();
	}
}

function toApiKey( { key_json, revoked_at, last_used_at }: Row ): ApiKey {
	return readApiKey( key_json, { revoked_at, last_used_at } );
}
