import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLines } from '../../tools/command.ts';
import { PlainError } from '../../tools/plain-error.ts';
import { type Account, asAccount, give } from './ownership.ts';
import { groupOf, isRunning, processEntry } from './process-table.ts';
import type { State } from './state.ts';

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;
const KILL_TIMEOUT_MS = 5_000;
const POLL_MS = 25;
const SHOWN_LINES = 15;

export type ServiceOptions = {
	name: string;
	account: Account;
	/** Runs in the foreground: the pid that we start is the pid that we stop. */
	command: readonly [ string, ...string[] ];
	env?: NodeJS.ProcessEnv;
	isReady: () => Promise< boolean >;
	stopSignal?: NodeJS.Signals;
};

/** A server that outlives the script that started it, known by its pid file. Servers never run as root. */
export class Service {
	readonly name: string;
	readonly logFile: string;
	readonly #pidFile: string;
	readonly #options: ServiceOptions;

	constructor( state: State, options: ServiceOptions ) {
		this.name = options.name;
		this.logFile = join( state.logs, `${ options.name }.log` );
		this.#pidFile = join( state.run, `${ options.name }.pid` );
		this.#options = options;
	}

	/** The leader of the server's process group; null when it does not run. */
	get pid(): number | null {
		const kept = this.#kept();
		const entry = kept === null ? null : processEntry( kept.pid );
		// A pid is used again one day: the time of its start tells them apart.
		return kept !== null && isRunning( entry ) && entry?.startedAt === kept.startedAt ? kept.pid : null;
	}

	/** Processor time of all its processes until now; null when it does not run. */
	cpuSeconds(): number | null {
		const pid = this.pid;
		return pid === null ? null : groupOf( pid ).reduce( ( sum, { cpuSeconds } ) => sum + cpuSeconds, 0 );
	}

	/** Does nothing when it runs already. Returns once it answers. */
	async start(): Promise< void > {
		// A run that was broken off may have left it frozen.
		this.thaw();
		if ( this.pid === null ) {
			await this.kill();
			this.#spawn();
		}
		const deadline = Date.now() + READY_TIMEOUT_MS;
		while ( this.pid !== null && Date.now() < deadline ) {
			if ( await this.#options.isReady() ) {
				return;
			}
			await wait( POLL_MS );
		}
		const reason = this.pid === null ? 'ended at once' : `did not answer within ${ READY_TIMEOUT_MS / 1000 } s`;
		await this.kill();
		throw new PlainError( `${ this.name } ${ reason }. The end of ${ this.logFile }:\n${ this.log() }` );
	}

	/** As an operator stops it. */
	async stop(): Promise< void > {
		const pid = this.pid;
		if ( pid !== null ) {
			this.thaw();
			process.kill( pid, this.#options.stopSignal ?? 'SIGTERM' );
			await untilGone( pid, STOP_TIMEOUT_MS );
		}
		await this.kill();
	}

	/** As a crash ends it: kill -9, its children too. */
	async kill(): Promise< void > {
		const kept = this.#kept();
		if ( kept !== null ) {
			const leader = processEntry( kept.pid );
			const isOurs = leader === null || leader.startedAt === kept.startedAt;
			if ( isOurs && groupOf( kept.pid ).length > 0 ) {
				process.kill( -kept.pid, 'SIGKILL' );
				if ( ! ( await untilGone( kept.pid, KILL_TIMEOUT_MS ) ) ) {
					throw new PlainError( `${ this.name } (process group ${ kept.pid }) does not end, not even by kill -9.` );
				}
			}
		}
		rmSync( this.#pidFile, { force: true } );
	}

	/** As if its machine had stopped: connections stay open and nothing answers. */
	freeze(): void {
		this.#signalGroup( 'SIGSTOP' );
	}

	thaw(): void {
		this.#signalGroup( 'SIGCONT' );
	}

	log(): string {
		return existsSync( this.logFile ) ? lastLines( readFileSync( this.logFile, 'utf8' ), SHOWN_LINES ) : '(nothing)';
	}

	#spawn(): void {
		const [ program, ...args ] = asAccount( this.#options.account, this.#options.command );
		const log = openSync( this.logFile, 'a' );
		// php-fpm opens its standard error a second time.
		give( this.logFile, this.#options.account );
		const child: ChildProcess = spawn( program, args, {
			cwd: '/',
			detached: true,
			stdio: [ 'ignore', log, log ],
			env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...this.#options.env },
		} );
		closeSync( log );
		child.once( 'error', () => {} );
		child.unref();
		const entry = child.pid === undefined ? null : processEntry( child.pid );
		if ( entry === null ) {
			throw new PlainError( `${ program } could not be started.` );
		}
		writeFileSync( this.#pidFile, JSON.stringify( { pid: entry.pid, startedAt: entry.startedAt } ) );
	}

	#signalGroup( signal: NodeJS.Signals ): void {
		const { pid } = this;
		if ( pid !== null ) {
			process.kill( -pid, signal );
		}
	}

	#kept(): { pid: number; startedAt: string } | null {
		return existsSync( this.#pidFile ) ? ( JSON.parse( readFileSync( this.#pidFile, 'utf8' ) ) as { pid: number; startedAt: string } ) : null;
	}
}

async function untilGone( group: number, timeoutMs: number ): Promise< boolean > {
	const deadline = Date.now() + timeoutMs;
	while ( groupOf( group ).length > 0 ) {
		if ( Date.now() > deadline ) {
			return false;
		}
		await wait( POLL_MS );
	}
	return true;
}
