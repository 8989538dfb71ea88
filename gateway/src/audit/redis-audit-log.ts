import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { nextEntry, type AuditEntry, type AuditEvent, type AuditLog } from './audit-log.ts';

const LIST = `${ REDIS_PREFIX }:audit`;
/** Others may append at the same moment; each time one of them gets through. */
const MAX_TRIES = 50;
/** Appends where the last entry is still the one that the new one follows. */
const APPEND = `
if ( redis.call( 'LINDEX', KEYS[ 1 ], -1 ) or '' ) ~= ARGV[ 1 ] then return 0 end
redis.call( 'RPUSH', KEYS[ 1 ], ARGV[ 2 ] )
return 1`;

/** A list in Redis, where nothing but the chain itself shows that somebody has changed it. */
export class RedisAuditLog implements AuditLog {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	async append( event: AuditEvent ): Promise< AuditEntry > {
		for ( let tries = 0; tries < MAX_TRIES; tries++ ) {
			const last = await this.#redis.lindex( LIST, -1 );
			const entry = nextEntry( last === null ? null : ( JSON.parse( last ) as AuditEntry ), event );
			if ( ( await this.#redis.eval( APPEND, 1, LIST, last ?? '', JSON.stringify( entry ) ) ) === 1 ) {
				return entry;
			}
		}
		throw new Error( 'The audit log is too busy.' );
	}

	async read( after: number, limit: number ): Promise< AuditEntry[] > {
		return ( await this.#redis.lrange( LIST, after, after + limit - 1 ) ).map( ( item ) => JSON.parse( item ) as AuditEntry );
	}
}
