import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { ANSWER_RETENTION_MS, CLAIM_MS, judgeClaim, MAX_ANSWER_LENGTH, type AnswerStore, type Claim, type NamedRequest } from './answer-store.ts';

type Stored = { body_hash: string; answer_json: string | null };

/** For several processes: one key per name, which Redis drops by itself. */
export class RedisAnswerStore implements AnswerStore {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	async claim( request: NamedRequest ): Promise< Claim > {
		const mine: Stored = { body_hash: request.body_hash, answer_json: null };
		if ( ( await this.#redis.set( nameOf( request ), JSON.stringify( mine ), 'PX', CLAIM_MS, 'NX' ) ) !== null ) {
			return { kind: 'begun' };
		}
		const stored = await this.#redis.get( nameOf( request ) );
		return stored === null ? this.claim( request ) : judgeClaim( request, JSON.parse( stored ) as Stored );
	}

	async finish( request: NamedRequest, answer_json: string | null ): Promise< void > {
		if ( answer_json === null || answer_json.length > MAX_ANSWER_LENGTH ) {
			await this.#redis.del( nameOf( request ) );
			return;
		}
		const answered: Stored = { body_hash: request.body_hash, answer_json };
		await this.#redis.set( nameOf( request ), JSON.stringify( answered ), 'PX', ANSWER_RETENTION_MS );
	}

	/** Each key was given its end when it was set. */
	async purge(): Promise< void > {}
}

/** Hashed, because a caller chooses its name. */
function nameOf( { tenant, owner, name }: NamedRequest ): string {
	return `${ REDIS_PREFIX }:answer:${ createHash( 'sha256' ).update( JSON.stringify( [ tenant, owner, name ] ) ).digest( 'hex' ) }`;
}
