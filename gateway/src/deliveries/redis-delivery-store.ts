import type { Redis } from 'ioredis';
import type { SetBack } from '../jobs/job-store.ts';
import { toFinishedJob } from '../jobs/redis-rows.ts';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import type { DeadLetter, DeadLettersQuery, DeliveryStore, DeliveryVerdict, DueDelivery, TenantDeliveries } from './delivery-store.ts';
import { claimDeliveryScript, deliveryStatsScript, renewDeliveryScript, replayDeliveryScript, setBackDeliveriesScript, settleDeliveryScript } from './redis-delivery-scripts.ts';

/** Dead letters that are read at a time. */
const PAGE = 200;

export class RedisDeliveryStore implements DeliveryStore {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	async claimDelivery( claim: { now: number; lease_until: number; busy_tenants: readonly string[] } ): Promise< DueDelivery | null > {
		const claimed = await claimDeliveryScript.run( this.#redis, claim.now, claim.lease_until, ...claim.busy_tenants );
		if ( claimed === null ) {
			return null;
		}
		const [ id, tenant, tries, flat ] = claimed as [ string, string, number, string[] ];
		const finished = toFinishedJob( toRow( flat ) );
		if ( finished === null ) {
			throw new Error( `Delivery ${ id } has nothing to deliver.` );
		}
		return { id, tenant, tries, finished };
	}

	async renewDelivery( id: string, lease_until: number ): Promise< void > {
		await renewDeliveryScript.run( this.#redis, id, lease_until );
	}

	async clockSetBack( { now, lease_until }: SetBack ): Promise< void > {
		await setBackDeliveriesScript.run( this.#redis, now, lease_until );
	}

	async settleDelivery( id: string, verdict: DeliveryVerdict, now: number ): Promise< void > {
		const isOver = verdict.then === 'acknowledged' || verdict.then === 'dead';
		await settleDeliveryScript.run(
			this.#redis, id, isOver ? verdict.then : 'due', verdict.then === 'acknowledged' ? '' : verdict.failure, now,
			isOver ? '' : verdict.at, verdict.then === 'postpone' ? 0 : 1
		);
	}

	async nextDeliveryDueAt(): Promise< number | null > {
		const [ , at ] = await this.#redis.zrange( `${ REDIS_PREFIX }:due`, 0, 0, 'WITHSCORES' );
		return at === undefined ? null : Number( at );
	}

	async deadLetters( { tenant, limit }: DeadLettersQuery ): Promise< DeadLetter[] > {
		const found: DeadLetter[] = [];
		for ( let start = 0; found.length < limit; start += PAGE ) {
			const ids = await this.#redis.zrevrange( `${ REDIS_PREFIX }:dead`, start, start + PAGE - 1 );
			const rows = await Promise.all( ids.map( ( id ) => this.#redis.hgetall( `${ REDIS_PREFIX }:delivery:${ id }` ) ) );
			rows.forEach( ( row, index ) => {
				if ( row[ 'state' ] === 'dead' && ( tenant === null || row[ 'tenant' ] === tenant ) ) {
					found.push( toDeadLetter( ids[ index ] ?? '', row ) );
				}
			} );
			if ( ids.length < PAGE ) {
				break;
			}
		}
		return found.slice( 0, limit );
	}

	async replay( id: string, now: number ): Promise< boolean > {
		return ( await replayDeliveryScript.run( this.#redis, id, now ) ) === 1;
	}

	async stats(): Promise< TenantDeliveries[] > {
		const lines = ( await deliveryStatsScript.run( this.#redis ) ) as [ string, number, number, string | null ][];
		return lines.map( ( [ tenant, undelivered, dead, oldest ] ) => ( {
			tenant, undelivered, dead, undelivered_since: oldest === null ? null : Number( oldest ),
		} ) );
	}
}

function toRow( flat: readonly string[] ): Record< string, string > {
	const row: Record< string, string > = {};
	for ( let index = 0; index < flat.length; index += 2 ) {
		row[ flat[ index ] ?? '' ] = flat[ index + 1 ] ?? '';
	}
	return row;
}

function toDeadLetter( id: string, row: Readonly< Record< string, string > > ): DeadLetter {
	return {
		id,
		tenant: row[ 'tenant' ] ?? '',
		uuid: row[ 'uuid' ] ?? '',
		tries: Number( row[ 'tries' ] ),
		last_failure: row[ 'last_failure' ] ?? '',
		created_at: Number( row[ 'created_at' ] ),
		ended_at: Number( row[ 'ended_at' ] ),
	};
}
