import type { Clock } from '../clock.ts';
import { inQuickTransaction, type SqliteDatabase } from '../database.ts';
import type { Logger } from '../observability/logger.ts';
import { CallBuffer } from './call-buffer.ts';
import type { ApiCall, CallLog, CallTotals } from './call-log.ts';

/** In the gateway's own file. */
export class SqliteCallLog implements CallLog {
	readonly #buffer: CallBuffer;
	readonly #totals;
	readonly #purge;

	constructor( database: SqliteDatabase, deps: { clock: Clock; logger: Logger } ) {
		const insert = database.prepare( `
			INSERT INTO api_calls (
				tenant, key_id, request_id, route, provider, model, status, error_code, tokens_in, tokens_out, cost_micros, is_estimated, provider_ms, at
			)
			VALUES (
				:tenant, :key_id, :request_id, :route, :provider, :model, :status, :error_code, :tokens_in, :tokens_out, :cost_micros, :is_estimated, :provider_ms, :at
			)` );
		const insertAll = ( calls: readonly ApiCall[] ) => inQuickTransaction( database, () => {
			calls.forEach( ( call ) => insert.run( { ...call, is_estimated: Number( call.is_estimated ) } ) );
		} );
		this.#buffer = new CallBuffer( deps, async ( calls ) => void insertAll( calls ) );
		this.#totals = database.prepare( `
			SELECT tenant, key_id, model, COUNT(*) AS calls, SUM( status = 'failed' ) AS failed, COALESCE( SUM( tokens_in ), 0 ) AS tokens_in,
				COALESCE( SUM( tokens_out ), 0 ) AS tokens_out, COALESCE( SUM( cost_micros ), 0 ) AS cost_micros, SUM( is_estimated ) AS estimated
			FROM api_calls WHERE at >= :from AND ( :tenant IS NULL OR tenant = :tenant )
			GROUP BY tenant, key_id, model ORDER BY 8 DESC, 4 DESC` );
		this.#purge = database.prepare( 'DELETE FROM api_calls WHERE at < :before' );
	}

	add( call: ApiCall ): void {
		this.#buffer.add( call );
	}

	async totals( tenant: string | null, from: number ): Promise< CallTotals[] > {
		await this.flush();
		return this.#totals.all( { tenant, from } ) as CallTotals[];
	}

	async purge( before: number ): Promise< void > {
		this.#purge.run( { before } );
	}

	flush(): Promise< void > {
		return this.#buffer.flush();
	}
}
