import type { Redis } from 'ioredis';

/** `managed`: the operator vouches for a server that forbids CONFIG; what it shows otherwise must still be right. */
export type RedisDurability = 'checked' | 'managed';

const MIN_VERSION = [ 6, 2 ] as const;

type Settings = ReadonlyMap< string, string >;

/** The server could lose what it has confirmed. The message says what to change, to whoever runs it. */
export class RedisNotDurable extends Error {
	override readonly name = 'RedisNotDurable';
}

/** Throws unless a command that the server has answered is on its disk and stays there. */
export async function assertKeepsWhatItConfirms( redis: Redis, durability: RedisDurability ): Promise< void > {
	const info = readInfo( await redis.info() );
	const settings = await readSettings( redis );
	const problem = findProblem( info, settings, durability );
	if ( problem !== null ) {
		throw new RedisNotDurable( `This Redis could lose jobs that the gateway has accepted: ${ problem }` );
	}
}

/** The first thing that is wrong, as a sentence that says what to change; null where nothing is. `settings` null: the server does not tell. */
export function findProblem( info: Settings, settings: Settings | null, durability: RedisDurability ): string | null {
	const version = info.get( 'redis_version' ) ?? '0';
	if ( ! isAtLeast( version ) ) {
		return `it is version ${ version }; use ${ MIN_VERSION.join( '.' ) } or newer.`;
	}
	if ( info.get( 'role' ) !== 'master' ) {
		return 'it is a replica; point DRAFTKEEPER_REDIS_URL at the primary server.';
	}
	const policy = settings?.get( 'maxmemory-policy' ) ?? info.get( 'maxmemory_policy' );
	if ( policy !== 'noeviction' ) {
		return `it drops keys when memory is short; set "maxmemory-policy noeviction" (it is "${ policy ?? 'unknown' }").`;
	}
	if ( settings === null ) {
		return durability === 'managed'
			? null
			: 'it does not show its settings (CONFIG is forbidden); if its provider keeps every confirmed write, say so with DRAFTKEEPER_REDIS_DURABILITY=managed.';
	}
	for ( const [ name, wanted ] of requiredSettings ) {
		const value = settings.get( name );
		if ( value !== wanted ) {
			return `set "${ name } ${ wanted }" (it is "${ value ?? 'unknown' }").`;
		}
	}
	return null;
}

const requiredSettings = [
	[ 'appendonly', 'yes' ],
	[ 'appendfsync', 'always' ],
	// With "yes" nothing is synced while the log is rewritten, whatever appendfsync says.
	[ 'no-appendfsync-on-rewrite', 'no' ],
] as const;

function readInfo( text: string ): Settings {
	return new Map( text.split( /\r?\n/ ).map( ( line ): [ string, string ] => {
		const colon = line.indexOf( ':' );
		return [ line.slice( 0, colon ), line.slice( colon + 1 ) ];
	} ) );
}

async function readSettings( redis: Redis ): Promise< Settings | null > {
	const names = [ ...requiredSettings.map( ( [ name ] ) => name ), 'maxmemory-policy' ];
	try {
		// One by one: several names at once need version 7.
		const answers = await Promise.all( names.map( ( name ) => redis.config( 'GET', name ) as Promise< string[] > ) );
		return new Map( answers.map( ( [ name = '', value = '' ] ): [ string, string ] => [ name, value ] ) );
	} catch ( error ) {
		// NOPERM for a user without the right, "unknown command" where it was taken out.
		if ( error instanceof Error && /NOPERM|unknown command/i.test( error.message ) ) {
			return null;
		}
		throw error;
	}
}

function isAtLeast( version: string ): boolean {
	const [ major = 0, minor = 0 ] = version.split( '.' ).map( Number );
	return major > MIN_VERSION[ 0 ] || ( major === MIN_VERSION[ 0 ] && minor >= MIN_VERSION[ 1 ] );
}
