import { inQuickTransaction, type SqliteDatabase } from '../database.ts';
import type { TokenUse, TokenUsed, UsedTokens } from './used-tokens.ts';

const SWEEP_PERIOD_SECONDS = 60;

/** For one process whose memory of what was used must outlive it. */
export class SqliteUsedTokens implements UsedTokens {
	readonly #database: SqliteDatabase;
	readonly #insert;
	readonly #sweep;
	#began: number;
	#nextSweepAt = 0;

	/** `now`: when the memory begins, in a file that has none yet. In seconds. */
	constructor( database: SqliteDatabase, now: number ) {
		this.#database = database;
		database.prepare( `INSERT INTO used_tokens ( id, forget_at ) VALUES ( 'began', :now ) ON CONFLICT ( id ) DO NOTHING` ).run( { now } );
		this.#began = ( database.prepare( `SELECT forget_at FROM used_tokens WHERE id = 'began'` ).get() as { forget_at: number } ).forget_at;
		this.#insert = database.prepare( 'INSERT INTO used_tokens ( id, forget_at ) VALUES ( :id, :forget_at ) ON CONFLICT ( id ) DO NOTHING' );
		this.#sweep = database.prepare( `DELETE FROM used_tokens WHERE forget_at < :now AND id <> 'began'` );
	}

	async use( { tenant, jti, iat, forget_at, now }: TokenUse ): Promise< TokenUsed > {
		// The clock was set back: it began no later than now.
		this.#began = Math.min( this.#began, now );
		if ( iat <= this.#began ) {
			return 'too_old';
		}
		if ( now >= this.#nextSweepAt ) {
			this.#nextSweepAt = now + SWEEP_PERIOD_SECONDS;
			this.#sweep.run( { now } );
		}
		return inQuickTransaction( this.#database, () => this.#insert.run( { id: `${ tenant } ${ jti }`, forget_at } ) ).changes === 1 ? 'first' : 'again';
	}
}
