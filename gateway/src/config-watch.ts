import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { GatewayFile } from './gateway-file.ts';
import type { Logger } from './observability/logger.ts';

/** Some file systems tell nobody that a file has changed; on those a change is seen after this time. */
const LOOK_PERIOD_MS = 1_000;

export type ConfigWatchDeps = {
	config: Config;
	/** Hears what the file says once it has changed and is right as a whole. */
	apply: ( file: GatewayFile ) => void;
	clock: Clock;
	logger: Logger;
};

/** Follows the gateway's file and its secrets. A file that is wrong in any point changes nothing. */
export class ConfigWatch {
	readonly #deps: ConfigWatchDeps;
	#watchers: FSWatcher[] = [];
	#cancelTimer: () => void = () => {};
	#seen: string;
	#problems: readonly string[] = [];

	constructor( deps: ConfigWatchDeps ) {
		this.#deps = deps;
		this.#seen = this.#fingerprint();
	}

	/** Why the present file is not in use; empty while it is. */
	get problems(): readonly string[] {
		return this.#problems;
	}

	start(): void {
		this.#watchers = this.#deps.config.files.flatMap( ( file ) => this.#watch( file ) );
		this.#lookAgainLater();
	}

	stop(): void {
		this.#cancelTimer();
		this.#watchers.forEach( ( watcher ) => watcher.close() );
	}

	/** Reads the file whether or not it has changed. */
	reload(): void {
		const { config, apply, logger } = this.#deps;
		this.#seen = this.#fingerprint();
		try {
			apply( config.readAgain() );
			this.#problems = [];
			logger.info( { files: config.files }, 'configuration read again' );
		} catch ( error ) {
			this.#problems = error instanceof ConfigError ? error.problems : [ 'The file could not be put to use; see the log.' ];
			logger.error( { problems: this.#problems, ...( error instanceof ConfigError ? {} : { err: error } ) }, 'configuration is wrong; the one before stays in force' );
		}
	}

	#look(): void {
		if ( this.#fingerprint() !== this.#seen ) {
			this.reload();
		}
	}

	#lookAgainLater(): void {
		this.#cancelTimer = this.#deps.clock.setTimer( () => {
			this.#look();
			this.#lookAgainLater();
		}, LOOK_PERIOD_MS );
	}

	/** The folder, not the file: whoever puts a new file in the old one's place takes the watched one away. */
	#watch( file: string ): FSWatcher[] {
		try {
			const watcher = watch( dirname( file ), { persistent: false }, ( _event, name ) => {
				if ( name === null || name === basename( file ) ) {
					this.#look();
				}
			} );
			watcher.on( 'error', () => watcher.close() );
			return [ watcher ];
		} catch {
			return [];
		}
	}

	#fingerprint(): string {
		return this.#deps.config.files.map( ( file ) => {
			const stat = statSync( file, { bigint: true, throwIfNoEntry: false } );
			return stat === undefined ? 'gone' : `${ stat.ino }:${ stat.size }:${ stat.mtimeNs }:${ stat.ctimeNs }`;
		} ).join( ' ' );
	}
}
