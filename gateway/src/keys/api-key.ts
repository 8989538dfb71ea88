import { hash as digest, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SitePolicy } from '../policy/site-policy.ts';

/** What a key may be limited to. Jobs are not among them: WordPress signs those. */
export const apiRoutes = [ 'chat', 'embeddings', 'models' ] as const;
export type ApiRoute = ( typeof apiRoutes )[ number ];

/** A key of a site for OpenAI's clients, as it is kept: not the key, but its hash. Times in milliseconds. */
export type ApiKey = {
	/** Names the key in lists and logs: the beginning of its hash. */
	id: string;
	/** SHA-256 in hex. A slow hash would add nothing: nobody guesses 256 random bits. */
	hash: string;
	tenant: string;
	/** Who uses it, for people. */
	name: string;
	routes: readonly ApiRoute[];
	/** Null: all models of the site. */
	models: readonly string[] | null;
	/** Whether it may be used by scripts on the site's own pages, where every visitor can read it. */
	browser: boolean;
	/** Null: as many as the site may. */
	requests_per_minute: number | null;
	/** What it may use in a day and a month of its site, beside what the site may. */
	budgets: SitePolicy[ 'budgets' ];
	created_at: number;
	expires_at: number | null;
	revoked_at: number | null;
	/** Kept to the hour. */
	last_used_at: number | null;
};

const PREFIX = 'dk_';
const SECRET_BYTES = 32;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const WELL_FORMED = new RegExp( `^${ PREFIX }[0-9A-Za-z]{${ SECRET_LENGTH + CHECKSUM_LENGTH }}$` );
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Makes a key of 256 random bits. The prefix and the checksum let scanners find a leaked one without false alarms. */
export function createApiKey( randomBytes: ( size: number ) => Buffer ): string {
	const secret = toBase62( BigInt( `0x${ randomBytes( SECRET_BYTES ).toString( 'hex' ) }` ), SECRET_LENGTH );
	return `${ PREFIX }${ secret }${ checksumOf( secret ) }`;
}

/** Whether it could be a key at all; saves the look into the store for everything else. */
export function isWellFormedApiKey( key: string ): boolean {
	return WELL_FORMED.test( key ) && key.endsWith( checksumOf( key.slice( PREFIX.length, PREFIX.length + SECRET_LENGTH ) ) );
}

/** Reads a key as it is stored; `micros_per_month` was all the budget that a key could have. */
export function readApiKey( key_json: string, times: Pick< ApiKey, 'revoked_at' | 'last_used_at' > ): ApiKey {
	const { micros_per_month, ...key } = JSON.parse( key_json ) as ApiKey & { micros_per_month?: number | null };
	const budgets = key.budgets ?? ( typeof micros_per_month === 'number' ? { month: { micros: micros_per_month } } : {} );
	return { ...key, budgets, ...times };
}

export function hashApiKey( key: string ): { id: string; hash: string } {
	const hash = digest( 'sha256', key, 'hex' );
	return { id: hash.slice( 0, 16 ), hash };
}

/** Takes as long for a hash that is wrong in its first digit as for one that is wrong in its last. */
export function isSameHash( one: string, other: string ): boolean {
	const [ left, right ] = [ Buffer.from( one, 'hex' ), Buffer.from( other, 'hex' ) ];
	return left.length === right.length && timingSafeEqual( left, right );
}

function checksumOf( secret: string ): string {
	let digits = '';
	for ( let rest = crc32( secret ); rest > 0; rest = Math.floor( rest / 62 ) ) {
		digits = ( DIGITS[ rest % 62 ] ?? '' ) + digits;
	}
	return digits.padStart( CHECKSUM_LENGTH, '0' );
}

function toBase62( value: bigint, length: number ): string {
	let digits = '';
	for ( let rest = value; rest > 0n; rest /= 62n ) {
		digits = ( DIGITS[ Number( rest % 62n ) ] ?? '' ) + digits;
	}
	return digits.padStart( length, '0' );
}
