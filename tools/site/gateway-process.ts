import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLines } from '../command.ts';
import { PlainError } from '../plain-error.ts';
import { fromRoot } from '../project.ts';
import { type GatewayConfig, WEBHOOK_SECRET_ENV } from './gateway-config.ts';
import { LOOPBACK } from './ports.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;
const STOP_TIMEOUT_MS = 8_000;
const SHOWN_LINES = 12;

export type GatewayOptions = { folder: string; port: number; webhookSecret: string; env?: NodeJS.ProcessEnv; onDeath?: ( sentence: string ) => void };

/** The gateway as the program that is shipped: its bundle, in its own process. */
export class GatewayProcess {
	readonly url: string;
	readonly logFile: string;
	readonly #options: GatewayOptions;
	#child: ChildProcess | null = null;
	#isWanted = false;

	constructor( options: GatewayOptions ) {
		this.#options = options;
		this.url = `http://${ LOOPBACK }:${ options.port }`;
		this.logFile = join( options.folder, 'gateway.log' );
	}

	get isRunning(): boolean {
		return this.#child !== null;
	}

	async start( config: GatewayConfig ): Promise< void > {
		if ( this.#child !== null ) {
			throw new Error( 'The gateway runs already.' );
		}
		const { folder, port, webhookSecret, env } = this.#options;
		mkdirSync( folder, { recursive: true } );
		const configFile = join( folder, 'gateway.json' );
		writeFileSync( configFile, JSON.stringify( config, null, '\t' ) );
		const log = openSync( this.logFile, 'a' );
		const child = spawn( process.execPath, [ fromRoot( 'gateway/dist/server.js' ) ], {
			cwd: fromRoot( 'gateway' ),
			stdio: [ 'ignore', log, log ],
			env: {
				...process.env,
				...env,
				DRAFTKEEPER_GATEWAY_CONFIG: configFile,
				DRAFTKEEPER_DATABASE: join( folder, 'gateway.sqlite' ),
				DRAFTKEEPER_GATEWAY_ORIGIN: this.url,
				[ WEBHOOK_SECRET_ENV ]: webhookSecret,
				HOST: LOOPBACK,
				PORT: String( port ),
			},
		} );
		closeSync( log );
		this.#child = child;
		this.#isWanted = true;
		// Whatever ends this process ends the gateway too.
		const endWithUs = (): void => void child.kill( 'SIGKILL' );
		process.once( 'exit', endWithUs );
		child.once( 'exit', ( code, signal ) => {
			process.off( 'exit', endWithUs );
			this.#child = null;
			if ( this.#isWanted ) {
				this.#options.onDeath?.( `The gateway ended by itself (${ signal ?? code }); its log is ${ this.logFile }.` );
			}
		} );
		await this.#untilReady( child );
	}

	/** As an operator stops it: it may finish what it does. */
	async stop(): Promise< void > {
		const child = this.#child;
		if ( child === null ) {
			return;
		}
		const ended = this.#end( child, 'SIGTERM' );
		const tooLong = setTimeout( () => child.kill( 'SIGKILL' ), STOP_TIMEOUT_MS );
		await ended;
		clearTimeout( tooLong );
	}

	/** As a crash ends it: kill -9. */
	async kill(): Promise< void > {
		if ( this.#child !== null ) {
			await this.#end( this.#child, 'SIGKILL' );
		}
	}

	log(): string {
		return existsSync( this.logFile ) ? readFileSync( this.logFile, 'utf8' ) : '';
	}

	#end( child: ChildProcess, signal: NodeJS.Signals ): Promise< void > {
		this.#isWanted = false;
		return new Promise( ( done ) => {
			child.once( 'exit', () => done() );
			child.kill( signal );
		} );
	}

	async #untilReady( child: ChildProcess ): Promise< void > {
		const deadline = Date.now() + READY_TIMEOUT_MS;
		while ( Date.now() < deadline ) {
			if ( child.exitCode !== null || child.signalCode !== null ) {
				break;
			}
			const answer = await fetch( `${ this.url }/readyz` ).catch( () => null );
			if ( answer?.ok === true ) {
				return;
			}
			await wait( READY_POLL_MS );
		}
		await this.kill();
		throw new PlainError( `The gateway did not start. The end of ${ this.logFile }:\n${ lastLines( this.log(), SHOWN_LINES ) }` );
	}
}
