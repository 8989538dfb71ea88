import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from './open-redis.ts';

/** A Lua script, which the server runs as a whole or not at all. `KEYS[1]` is the prefix of all keys. */
export class RedisScript {
	readonly #source: string;
	readonly #sha: string;

	constructor( source: string ) {
		this.#source = source;
		this.#sha = createHash( 'sha1' ).update( source ).digest( 'hex' );
	}

	async run( redis: Redis, ...args: ( string | number )[] ): Promise< unknown > {
		try {
			return await redis.evalsha( this.#sha, 1, REDIS_PREFIX, ...args );
		} catch ( error ) {
			// The server has restarted, or has never seen it.
			if ( error instanceof Error && error.message.startsWith( 'NOSCRIPT' ) ) {
				return redis.eval( this.#source, 1, REDIS_PREFIX, ...args );
			}
			throw error;
		}
	}
}
