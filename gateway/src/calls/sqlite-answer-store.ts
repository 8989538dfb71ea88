import { inQuickTransaction, type SqliteDatabase } from '../database.ts';
import { ANSWER_RETENTION_MS, CLAIM_MS, judgeClaim, MAX_ANSWER_LENGTH, type AnswerStore, type Claim, type NamedRequest } from './answer-store.ts';

type Row = { body_hash: string; answer_json: string | null };

/** In the gateway's own file. */
export class SqliteAnswerStore implements AnswerStore {
	readonly #database: SqliteDatabase;
	readonly #claim;
	readonly #select;
	readonly #keep;
	readonly #free;
	readonly #purge;

	constructor( database: SqliteDatabase ) {
		this.#database = database;
		const named = 'tenant = :tenant AND owner = :owner AND name = :name';
		// A lapsed claim and an old answer make room for a new one.
		this.#claim = database.prepare( `
			INSERT INTO api_answers ( tenant, owner, name, body_hash, expires_at ) VALUES ( :tenant, :owner, :name, :body_hash, :until )
			ON CONFLICT ( tenant, owner, name ) DO UPDATE SET body_hash = excluded.body_hash, answer_json = NULL, expires_at = excluded.expires_at
			WHERE expires_at <= :now` );
		this.#select = database.prepare( `SELECT body_hash, answer_json FROM api_answers WHERE ${ named }` );
		this.#keep = database.prepare( `UPDATE api_answers SET answer_json = :answer_json, expires_at = :until WHERE ${ named } AND body_hash = :body_hash` );
		this.#free = database.prepare( `DELETE FROM api_answers WHERE ${ named } AND body_hash = :body_hash AND answer_json IS NULL` );
		this.#purge = database.prepare( 'DELETE FROM api_answers WHERE expires_at <= :now' );
	}

	async claim( request: NamedRequest, now: number ): Promise< Claim > {
		if ( inQuickTransaction( this.#database, () => this.#claim.run( { ...request, until: now + CLAIM_MS, now } ) ).changes === 1 ) {
			return { kind: 'begun' };
		}
		const { tenant, owner, name } = request;
		const row = this.#select.get( { tenant, owner, name } ) as Row | undefined;
		return row === undefined ? this.claim( request, now ) : judgeClaim( request, row );
	}

	async finish( request: NamedRequest, answer_json: string | null, now: number ): Promise< void > {
		inQuickTransaction( this.#database, () => (
			answer_json === null || answer_json.length > MAX_ANSWER_LENGTH
				? this.#free.run( request )
				: this.#keep.run( { ...request, answer_json, until: now + ANSWER_RETENTION_MS } )
		) );
	}

	async purge( now: number ): Promise< void > {
		this.#purge.run( { now } );
	}
}
