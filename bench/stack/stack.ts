import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../tools/file-lock.ts';
import { PlainError } from '../../tools/plain-error.ts';
import { configureFpm, fpm } from './fpm.ts';
import { configureGateway, gateway } from './gateway.ts';
import { dump, installMariaDb, mariaDb, restore, sql } from './mariadb.ts';
import { configureNginx, nginx } from './nginx.ts';
import type { Service } from './processes.ts';
import { findPrograms, type Programs } from './programs.ts';
import { configureRedis, redis } from './redis.ts';
import { existingState, openState, type Ports, type State, stateFolder } from './state.ts';
import { installWordPress, type LimitCost, type ListTimes, makeStaleJobs, measureLimits, measureLists, openSession, placeWordPress, recomputeBooks, runSweep, type Session, type SweepCost } from './wordpress.ts';

const LOCK_TIMEOUT_MS = 60_000;

export type Step = < T >( label: string, work: () => Promise< T > ) => Promise< T >;

export type Services = { mariadb: Service; redis: Service; fpm: Service; nginx: Service; gateway: Service };

/** nginx, php-fpm, MariaDB, Redis, WordPress with the plugin, and the gateway, on loopback. */
export class Stack {
	readonly state: State;
	readonly services: Services;
	readonly #programs: Programs;

	private constructor( state: State, programs: Programs ) {
		this.state = state;
		this.#programs = programs;
		this.services = servicesOf( state, programs );
	}

	/** Brings up what does not run yet, with the plugin's and the gateway's present code. */
	static up( step: Step ): Promise< Stack > {
		requireLinux();
		return locked( async () => {
			const programs = await step( 'Programs', findPrograms );
			const state = await openState( ( ports ) => isServing( programs, ports ) );
			const stack = new Stack( state, programs );
			await step( 'MariaDB', async () => {
				await installMariaDb( state, programs );
				await stack.services.mariadb.start();
			} );
			await step( 'Redis', async () => {
				configureRedis( state );
				await stack.services.redis.start();
			} );
			await step( 'WordPress', async () => {
				await placeWordPress( state );
				await installWordPress( state, programs );
			} );
			await step( 'php-fpm and nginx', async () => {
				configureFpm( state );
				configureNginx( state );
				await stack.services.fpm.start();
				await stack.services.nginx.start();
			} );
			await step( 'Gateway', async () => {
				await configureGateway( state );
				// Its code may be newer than what runs.
				await stack.services.gateway.stop();
				await stack.services.gateway.start();
			} );
			return stack;
		} );
	}

	/** The stack that is up; throws when a part of it is not. */
	static async running(): Promise< Stack > {
		requireLinux();
		const stack = new Stack( existingState(), await findPrograms() );
		const dead = stack.all().filter( ( { pid } ) => pid === null ).map( ( { name } ) => name );
		if ( dead.length > 0 ) {
			throw new PlainError( `Not running: ${ dead.join( ', ' ) }. Run \`node tools/run.mjs bench/stack.ts up\` first.` );
		}
		return stack;
	}

	/** Ends everything that runs of it; the data stay. */
	static async down( step: Step ): Promise< void > {
		if ( ! existsSync( join( stateFolder(), 'ports.json' ) ) ) {
			return;
		}
		await locked( async () => {
			const stack = new Stack( existingState(), await findPrograms() );
			for ( const service of stack.all().reverse() ) {
				await step( `${ service.name } ends`, () => service.stop() );
			}
		} );
	}

	static async status(): Promise< { name: string; pid: number | null }[] > {
		if ( ! existsSync( join( stateFolder(), 'ports.json' ) ) ) {
			return [];
		}
		return new Stack( existingState(), await findPrograms() ).all().map( ( { name, pid } ) => ( { name, pid } ) );
	}

	/** Lets the gateway deliver through something that stands between it and WordPress; `null` takes that away again. */
	async deliverThrough( url: string | null ): Promise< void > {
		await configureGateway( this.state, url ?? this.state.wpUrl );
		await this.services.gateway.stop();
		await this.services.gateway.start();
	}

	/** Lets the gateway listen elsewhere, so that something can stand at its address; `null` takes that back. */
	async listenAt( port: number | null ): Promise< void > {
		await this.services.gateway.stop();
		this.services.gateway = gateway( this.state, port ?? this.state.ports.gateway );
	}

	/** In the order in which they start. */
	all(): Service[] {
		const { mariadb, redis: redisServer, fpm: phpFpm, nginx: web, gateway: gatewayServer } = this.services;
		return [ mariadb, redisServer, phpFpm, web, gatewayServer ];
	}

	sql( statement: string ): Promise< string[][] > {
		return sql( this.state, this.#programs, statement );
	}

	/** Writes the database to a file; `restore` makes it again what it was then. */
	dump( file: string ): Promise< void > {
		return dump( this.state, this.#programs, file );
	}

	restore( file: string ): Promise< void > {
		return restore( this.state, this.#programs, file );
	}

	openSession( user?: string ): Promise< Session > {
		return openSession( this.state, this.#programs, user );
	}

	recomputeBooks(): Promise< void > {
		return recomputeBooks( this.state, this.#programs );
	}

	measureLists( rounds: number ): Promise< ListTimes > {
		return measureLists( this.state, this.#programs, rounds );
	}

	measureLimits( inRedis: boolean ): Promise< LimitCost > {
		return measureLimits( this.state, this.#programs, inRedis );
	}

	sweep(): Promise< SweepCost > {
		return runSweep( this.state, this.#programs );
	}

	makeStaleJobs( count: number, model: string, name = 'Stale ' ): Promise< void > {
		return makeStaleJobs( this.state, this.#programs, count, model, name );
	}
}

function servicesOf( state: State, programs: Programs ): Services {
	return {
		mariadb: mariaDb( state, programs ),
		redis: redis( state, programs ),
		fpm: fpm( state, programs ),
		nginx: nginx( state, programs ),
		gateway: gateway( state ),
	};
}

/** Kept ports look taken while our own servers hold them. */
function isServing( programs: Programs, ports: Ports ): boolean {
	const state = existingState();
	const { nginx: web } = servicesOf( state, programs );
	return state.ports.wp === ports.wp && web.pid !== null;
}

const locked = < T >( work: () => Promise< T > ): Promise< T > => withLock( `${ stateFolder() }.lock`, work, LOCK_TIMEOUT_MS );

function requireLinux(): void {
	if ( process.platform !== 'linux' ) {
		throw new PlainError( 'The stack runs on Linux only: it reads /proc to know its processes.' );
	}
}
