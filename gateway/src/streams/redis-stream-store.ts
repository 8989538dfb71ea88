import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { JobKey } from '../jobs/job-store.ts';
import { REDIS_PREFIX, type RedisServer } from '../redis/open-redis.ts';
import { STREAM_RETENTION_MS, streamName, type Followed, type Piece, type StreamStore } from './stream-store.ts';
import { WrittenText } from './written-text.ts';

type Mirror = { written: WrittenText; followers: Set< Follower >; ready: Promise< void > };
type Follower = () => void;

/** Greater than the id of every piece: after it Redis takes no more. */
const END_ID = `${ Number.MAX_SAFE_INTEGER }-0`;
const END = 'end';

/** A key and a channel of the same name per job. */
const nameOf = ( job: JobKey ): string => `${ REDIS_PREFIX }:stream:${ streamName( job ) }`;

/**
 * For several processes: pieces are entries of a Redis stream under the id `attempt-seq`, which Redis keeps in order,
 * and are told to whoever watches. A process holds a mirror of each job that is watched there, however many watch it.
 */
export class RedisStreamStore implements StreamStore {
	readonly #commands: Redis;
	readonly #subscriber: Redis;
	readonly #mirrors = new Map< string, Mirror >();

	constructor( redis: RedisServer ) {
		this.#commands = redis.commands;
		this.#subscriber = redis.connect( 'streams' );
		this.#subscriber.on( 'message', ( name: string, message: string ) => this.#hear( name, message ) );
		// What was told while the connection was gone is not told again.
		this.#subscriber.on( 'ready', () => {
			for ( const name of this.#mirrors.keys() ) {
				this.#fill( name ).catch( () => {} );
			}
		} );
	}

	publish( job: JobKey, piece: Piece ): void {
		this.#tell( nameOf( job ), `${ piece.attempt }-${ piece.seq }`, JSON.stringify( [ piece.attempt, piece.seq, piece.text ] ) );
	}

	end( job: JobKey ): void {
		this.#tell( nameOf( job ), END_ID, END );
	}

	async follow( job: JobKey, onChange: () => void ): Promise< Followed > {
		const name = nameOf( job );
		const mirror = this.#mirrors.get( name ) ?? this.#open( name );
		mirror.followers.add( onChange );
		const close = () => {
			mirror.followers.delete( onChange );
			if ( mirror.followers.size === 0 && this.#mirrors.get( name ) === mirror ) {
				this.#mirrors.delete( name );
				this.#subscriber.unsubscribe( name ).catch( () => {} );
			}
		};
		try {
			await mirror.ready;
		} catch ( error ) {
			close();
			throw error;
		}
		return {
			since: ( position, maxLength ) => mirror.written.since( position, maxLength ),
			isEnded: () => mirror.written.isEnded,
			close,
		};
	}

	async close(): Promise< void > {
		this.#mirrors.clear();
		this.#subscriber.disconnect();
	}

	/** Whoever shares the server shares the key, so that a token of one process opens streams at all. */
	static async sharedKey( { commands }: RedisServer ): Promise< Buffer > {
		const name = `${ REDIS_PREFIX }:stream-key`;
		await commands.setnx( name, randomBytes( 32 ).toString( 'base64' ) );
		return Buffer.from( await commands.get( name ) ?? '', 'base64' );
	}

	/** A preview that is lost is no loss, and that the server is gone is told elsewhere. */
	#tell( name: string, id: string, message: string ): void {
		this.#commands.pipeline()
			.xadd( name, id, 'piece', message )
			.pexpire( name, STREAM_RETENTION_MS )
			.publish( name, message )
			.exec()
			.catch( () => {} );
	}

	#open( name: string ): Mirror {
		const mirror: Mirror = { written: new WrittenText(), followers: new Set(), ready: Promise.resolve() };
		this.#mirrors.set( name, mirror );
		// First to hear what comes, then to read what was: nothing falls between.
		mirror.ready = this.#subscriber.subscribe( name ).then( () => this.#fill( name ) );
		return mirror;
	}

	async #fill( name: string ): Promise< void > {
		const entries = await this.#commands.xrange( name, '-', '+' );
		const mirror = this.#mirrors.get( name );
		for ( const [ , [ , message = '' ] ] of entries ) {
			if ( mirror !== undefined ) {
				add( mirror, message );
			}
		}
		notify( mirror );
	}

	#hear( name: string, message: string ): void {
		const mirror = this.#mirrors.get( name );
		if ( mirror !== undefined && add( mirror, message ) === 'gap' ) {
			this.#fill( name ).catch( () => {} );
			return;
		}
		notify( mirror );
	}
}

function add( { written }: Mirror, message: string ): ReturnType< WrittenText[ 'add' ] > {
	if ( message === END ) {
		written.isEnded = true;
		return 'added';
	}
	const [ attempt, seq, text ] = JSON.parse( message ) as [ number, number, string ];
	return written.add( { attempt, seq, text } );
}

function notify( mirror: Mirror | undefined ): void {
	for ( const onChange of [ ...mirror?.followers ?? [] ] ) {
		onChange();
	}
}
