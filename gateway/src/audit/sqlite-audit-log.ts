import type { SqliteDatabase } from '../database.ts';
import { nextEntry, type AuditEntry, type AuditEvent, type AuditLog } from './audit-log.ts';

/** In the gateway's file, whose triggers refuse every change and removal. */
export class SqliteAuditLog implements AuditLog {
	readonly #database: SqliteDatabase;

	constructor( database: SqliteDatabase ) {
		this.#database = database;
	}

	async append( event: AuditEvent ): Promise< AuditEntry > {
		return this.#database.transaction( () => {
			const last = this.#database.prepare( 'SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1' ).get() as AuditEntry | undefined;
			const entry = nextEntry( last ?? null, event );
			this.#database.prepare( 'INSERT INTO audit ( number, event_json, hash ) VALUES ( ?, ?, ? )' ).run( entry.number, entry.event_json, entry.hash );
			return entry;
		} ).immediate();
	}

	async read( after: number, limit: number ): Promise< AuditEntry[] > {
		return this.#database.prepare( 'SELECT number, event_json, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?' ).all( after, limit ) as AuditEntry[];
	}
}
