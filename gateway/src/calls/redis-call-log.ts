import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { CallBuffer } from './call-buffer.ts';
import { CALL_RETENTION_MS, type ApiCall, type CallLog, type CallTotals } from './call-log.ts';

const DAY_MS = 86_400_000;
const PAGE = 1_000;

/** For several processes: one list per day, which Redis drops by itself. */
export class RedisCallLog implements CallLog {
	readonly #redis: Redis;
	readonly #clock: Clock;
	readonly #buffer: CallBuffer;

	constructor( redis: Redis, deps: { clock: Clock; logger: Logger } ) {
		this.#redis = redis;
		this.#clock = deps.clock;
		this.#buffer = new CallBuffer( deps, ( calls ) => this.#write( calls ) );
	}

	add( call: ApiCall ): void {
		this.#buffer.add( call );
	}

	async totals( tenant: string | null, from: number ): Promise< CallTotals[] > {
		await this.flush();
		const sums = new Map< string, CallTotals >();
		const since = Math.max( from, this.#clock.now() - CALL_RETENTION_MS );
		for ( let day = since - ( since % DAY_MS ); day <= this.#clock.now(); day += DAY_MS ) {
			for ( let start = 0, page = [ '' ]; page.length > 0; start += PAGE ) {
				page = await this.#redis.lrange( nameOf( day ), start, start + PAGE - 1 );
				for ( const call of page.map( ( text ) => JSON.parse( text ) as ApiCall ) ) {
					if ( call.at >= from && ( tenant === null || call.tenant === tenant ) ) {
						addTo( sums, call );
					}
				}
			}
		}
		return [ ...sums.values() ].sort( ( a, b ) => b.cost_micros - a.cost_micros || b.calls - a.calls );
	}

	/** Whole days; each list was given its end when it began, too. */
	async purge( before: number ): Promise< void > {
		await this.#redis.del( nameOf( before - DAY_MS ) );
	}

	flush(): Promise< void > {
		return this.#buffer.flush();
	}

	async #write( calls: readonly ApiCall[] ): Promise< void > {
		const lists = new Map< string, string[] >();
		for ( const call of calls ) {
			const name = nameOf( call.at );
			lists.set( name, [ ...lists.get( name ) ?? [], JSON.stringify( call ) ] );
		}
		for ( const [ name, texts ] of lists ) {
			await this.#redis.multi().rpush( name, ...texts ).pexpire( name, CALL_RETENTION_MS + DAY_MS ).exec();
		}
	}
}

function nameOf( time: number ): string {
	return `${ REDIS_PREFIX }:calls:${ new Date( time ).toISOString().slice( 0, 10 ) }`;
}

function addTo( sums: Map< string, CallTotals >, { tenant, key_id, model, status, tokens_in, tokens_out, cost_micros, is_estimated }: ApiCall ): void {
	const name = JSON.stringify( [ tenant, key_id, model ] );
	const sum = sums.get( name ) ?? { tenant, key_id, model, calls: 0, failed: 0, tokens_in: 0, tokens_out: 0, cost_micros: 0, estimated: 0 };
	sum.calls++;
	sum.failed += status === 'failed' ? 1 : 0;
	sum.tokens_in += tokens_in ?? 0;
	sum.tokens_out += tokens_out ?? 0;
	sum.cost_micros += cost_micros ?? 0;
	sum.estimated += is_estimated ? 1 : 0;
	sums.set( name, sum );
}
