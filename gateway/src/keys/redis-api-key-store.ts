import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { readApiKey, type ApiKey } from './api-key.ts';

const LIST = `${ REDIS_PREFIX }:api_keys`;

/** For several processes: one hash per key, and a list of them by age. */
export class RedisApiKeyStore implements ApiKeyStore {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	async add( key: ApiKey ): Promise< void > {
		await this.#redis.multi().hsetnx( nameOf( key.id ), 'key_json', JSON.stringify( key ) ).zadd( LIST, key.created_at, key.id ).exec();
	}

	async find( id: string ): Promise< ApiKey | null > {
		const [ key_json, revoked_at, last_used_at ] = await this.#redis.hmget( nameOf( id ), 'key_json', 'revoked_at', 'last_used_at' );
		return typeof key_json === 'string'
			? readApiKey( key_json, { revoked_at: toTime( revoked_at ), last_used_at: toTime( last_used_at ) } )
			: null;
	}

	async list( tenant: string | null ): Promise< ApiKey[] > {
		const keys = await Promise.all( ( await this.#redis.zrange( LIST, 0, -1 ) ).map( ( id ) => this.find( id ) ) );
		return keys.filter( ( key ) => key !== null && ( tenant === null || key.tenant === tenant ) ) as ApiKey[];
	}

	async revoke( id: string, now: number ): Promise< ApiKey | null > {
		if ( ( await this.find( id ) ) === null ) {
			return null;
		}
		await this.#redis.hsetnx( nameOf( id ), 'revoked_at', now );
		return this.find( id );
	}

	async markUsed( id: string, now: number ): Promise< void > {
		await this.#redis.hset( nameOf( id ), 'last_used_at', now );
	}
}

const nameOf = ( id: string ): string => `${ REDIS_PREFIX }:api_key:${ id }`;

function toTime( value: string | null | undefined ): number | null {
	return typeof value === 'string' ? Number( value ) : null;
}
