import type { Clock } from '../clock.ts';
import { inQuickTransaction, type SqliteDatabase } from '../database.ts';
import type { Logger } from '../observability/logger.ts';
import { CallBuffer } from './call-buffer.ts';
import type { ApiCall, CallLog, CallTotals } from './call-log.ts';

const COLUMNS = [
	'tenant', 'key_id', 'request_id', 'route', 'provider', 'model', 'status', 'error_code', 'tokens_in', 'tokens_out', 'cost_micros', 'is_estimated',
	'provider_ms', 'at',
] as const;
/** A statement for each costs twice as much. */
const ROWS_AT_ONCE = 20;

type Insert = ReturnType< SqliteDatabase[ 'prepare' ] >;

/** In the gateway's own file. */
export class SqliteCallLog implements CallLog {
	readonly #buffer: CallBuffer;
	readonly #totals;
	readonly #purge;

	constructor( database: SqliteDatabase, deps: { clock: Clock; logger: Logger } ) {
		const [ one, many ] = [ 1, ROWS_AT_ONCE ].map( ( rows ) => database.prepare(
			`INSERT INTO api_calls ( ${ COLUMNS.join( ', ' ) } ) VALUES ${ new Array( rows ).fill( `( ${ COLUMNS.map( () => '?' ).join( ', ' ) } )` ).join( ', ' ) }`
		) ) as [ Insert, Insert ];
		const insertAll = ( calls: readonly ApiCall[] ) => inQuickTransaction( database, () => {
			const rows = calls.map( ( call ) => COLUMNS.map( ( column ) => ( column === 'is_estimated' ? Number( call.is_estimated ) : call[ column ] ) ) );
			const alone = rows.length % ROWS_AT_ONCE;
			rows.slice( 0, alone ).forEach( ( row ) => one.run( row ) );
			for ( let index = alone; index < rows.length; index += ROWS_AT_ONCE ) {
				many.run( rows.slice( index, index + ROWS_AT_ONCE ).flat() );
			}
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
