import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../../redis/open-redis.ts';
import { amountNames, type Amount, type BudgetStore, type Counter, type Hold, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';
import { openScript, purgeScript, releaseScript, reserveScript, settleScript } from './redis-budget-scripts.ts';

/** For several processes: every method one script, which Redis runs and logs as a whole. */
export class RedisBudgetStore implements BudgetStore {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	async reserve( { tenant, id, kind, tokens, micros, counters, now }: NewHold ): Promise< Reserved > {
		const bounds = counters.flatMap( ( { scope, period, bounds: { requests, tokens: most, micros: dearest } } ) => [
			counterOf( scope, period ), requests ?? '', most ?? '', dearest ?? '',
		] );
		const answer = ( await reserveScript.run( this.#redis, tenant, id, kind, tokens, micros, now, ...bounds ) ) as 'reserved' | 'known' | [ number, number ];
		if ( typeof answer === 'string' ) {
			return { kind: answer };
		}
		const [ index, what ] = answer;
		return { kind: 'exhausted', counter: counters[ index - 1 ] as Counter, what: amountNames[ what - 1 ] ?? 'requests' };
	}

	async settle( { tenant, id }: HoldKey, attempt: number, { tokens, micros }: { tokens: number; micros: number } ): Promise< void > {
		await settleScript.run( this.#redis, tenant, id, attempt, tokens, micros );
	}

	async release( { tenant, id }: HoldKey, now: number ): Promise< void > {
		await releaseScript.run( this.#redis, tenant, id, now );
	}

	async open( before: number, count: number ): Promise< Hold[] > {
		const rows = ( await openScript.run( this.#redis, before, count ) ) as [ string, string, Hold[ 'kind' ], string, string, string ][];
		return rows.map( ( [ tenant, id, kind, tokens, micros, created_at ] ) => (
			{ tenant, id, kind, tokens: Number( tokens ), micros: Number( micros ), created_at: Number( created_at ) }
		) );
	}

	async read( scope: string, period: string ): Promise< { used: Amount; reserved: Amount } > {
		const row = await this.#redis.hgetall( `${ REDIS_PREFIX }:budget:${ counterOf( scope, period ) }` );
		const amount = ( kind: 'used' | 'reserved' ): Amount => ( {
			requests: Number( row[ `${ kind }_requests` ] ?? 0 ), tokens: Number( row[ `${ kind }_tokens` ] ?? 0 ), micros: Number( row[ `${ kind }_micros` ] ?? 0 ),
		} );
		return { used: amount( 'used' ), reserved: amount( 'reserved' ) };
	}

	async purge( before: number ): Promise< void > {
		while ( ( await purgeScript.run( this.#redis, before ) ) !== 0 ) {
			// Each run takes some.
		}
	}
}

function counterOf( scope: string, period: string ): string {
	return `${ scope } ${ period }`;
}
