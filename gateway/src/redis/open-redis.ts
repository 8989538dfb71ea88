import { Redis, type RedisOptions } from 'ioredis';
import { systemClock, type Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import { assertKeepsWhatItConfirms, type RedisDurability } from './redis-durability.ts';
import { RedisTrust } from './redis-trust.ts';

/** All keys begin with it; the braces keep them together where a server shares its keys out by hash slot. */
export const REDIS_PREFIX = '{draftkeeper}';

const CONNECT_TIMEOUT_MS = 5_000;
/** Longest that a command may take, time without a connection included. */
const COMMAND_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_PAUSE_MS = 1_000;

export type RedisServer = {
	/** For commands; everything in the process shares it. */
	commands: Redis;
	/** Asked before a job is accepted. */
	trust: RedisTrust;
	/** A connection of its own, for subscriptions and for reads that wait. Its commands are not bounded in time. */
	connect: ( name: string ) => Redis;
	/** Ends every connection. */
	close: () => Promise< void >;
};

export type OpenRedisOptions = {
	logger: Logger;
	/** What the operator says about a server that does not show its settings. */
	durability?: RedisDurability;
	clock?: Clock;
};

/**
 * The one place that connects to Redis. Refuses, with a sentence for the operator, a server that cannot be reached,
 * that may lose what it has confirmed, or that cannot be asked about that.
 */
export async function openRedis( url: string, { logger, durability = 'checked', clock = systemClock }: OpenRedisOptions ): Promise< RedisServer > {
	const connections: Redis[] = [];
	const connect = ( name: string, options: RedisOptions ): Redis => {
		const redis = new Redis( url, {
			connectionName: `draftkeeper:${ name }`,
			connectTimeout: CONNECT_TIMEOUT_MS,
			lazyConnect: true,
			retryStrategy: ( tries ) => Math.min( MAX_RECONNECT_PAUSE_MS, 50 * 2 ** Math.min( tries, 10 ) ),
			...options,
		} );
		// Without a listener ioredis writes to the console. Messages stay out: they may quote a command, AUTH for example.
		redis.on( 'error', ( error: unknown ) => logger.warn( { connection: name, err: error }, 'no connection to Redis' ) );
		connections.push( redis );
		return redis;
	};
	const commands = connect( 'commands', {
		commandTimeout: COMMAND_TIMEOUT_MS,
		maxRetriesPerRequest: null,
		// Whoever sent a command decides whether it may go twice.
		autoResendUnfulfilledCommands: false,
	} );
	const close = async () => {
		for ( const redis of connections ) {
			redis.disconnect();
		}
	};
	try {
		await reach( commands );
		await assertKeepsWhatItConfirms( commands, durability );
	} catch ( error ) {
		await close();
		throw error;
	}
	const trust = new RedisTrust( {
		redis: commands,
		clock,
		check: () => assertKeepsWhatItConfirms( commands, durability ),
		onChange( problem ) {
			if ( problem === null ) {
				logger.info( 'Redis keeps again what it confirms: offers are taken' );
			} else {
				logger.error( { err: problem, problem: problem.message }, 'Redis has changed: offers are refused until this is put right' );
			}
		},
	} );
	return {
		commands,
		trust,
		connect( name ) {
			const redis = connect( name, { maxRetriesPerRequest: null } );
			redis.connect().catch( () => {} );
			return redis;
		},
		async close() {
			trust.close();
			await close();
		},
	};
}

/** One try, so that a wrong address is told at once. */
async function reach( redis: Redis ): Promise< void > {
	let failure: unknown;
	const keep = ( error: unknown ) => ( failure ??= error );
	redis.on( 'error', keep );
	try {
		await redis.connect();
	} catch ( error ) {
		const { code } = ( failure ?? error ) as { code?: unknown };
		const reason = typeof code === 'string' ? code : firstWord( failure ?? error );
		throw new Error( `Redis at ${ addressOf( redis ) } cannot be used (${ reason }); check DRAFTKEEPER_REDIS_URL and that the server runs.`, { cause: error } );
	} finally {
		redis.off( 'error', keep );
	}
}

/** Redis begins its errors with a code such as WRONGPASS; the rest may quote what was sent. */
function firstWord( error: unknown ): string {
	return /^[A-Z]+\b/.exec( error instanceof Error ? error.message : '' )?.[ 0 ] ?? 'no answer';
}

/** Never with the password. */
function addressOf( { options }: Redis ): string {
	return options.path ?? `${ options.host ?? 'localhost' }:${ options.port ?? 6379 }`;
}
