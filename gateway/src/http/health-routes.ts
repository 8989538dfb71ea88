import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { JobStore } from '../jobs/job-store.ts';

export type HealthRoutesDeps = {
	store: JobStore;
	clock: Clock;
	isClosing: () => boolean;
	/** Why the gateway's file is not in use as it stands; empty while it is. */
	configProblems: () => readonly string[];
	/** Room on the disk that the store writes to; absent where it has none of its own. */
	freeBytes?: ( () => Promise< number > ) | undefined;
};

/** A store that is out of reach may never answer. */
const PING_MS = 2_000;
/** The log of the store must be able to grow until somebody has made room. */
const MIN_FREE_BYTES = 32 * 1024 * 1024;

/** `/healthz`: the process answers. `/readyz`: it takes jobs. */
export function addHealthRoutes( app: FastifyInstance, deps: HealthRoutesDeps ): void {
	app.get( '/healthz', () => ( { status: 'ok' } ) );
	app.get( '/readyz', async ( _request, reply ) => {
		if ( deps.isClosing() ) {
			return reply.code( 503 ).send( { status: 'closing' } );
		}
		const reason = await whyNot( deps );
		if ( reason !== null ) {
			return reply.code( 503 ).send( { status: 'not_ready', reason } );
		}
		const problems = deps.configProblems();
		// Jobs are taken all the same, by the file before.
		return problems.length === 0 ? { status: 'ready' } : { status: 'ready', config: { status: 'stale', problems } };
	} );
}

async function whyNot( { store, clock, freeBytes }: HealthRoutesDeps ): Promise< string | null > {
	const failure = await failureOf( clock, store.ping() );
	if ( failure !== null ) {
		return failure instanceof Error && failure.name === 'RedisNotDurable' ? 'Redis could lose what it confirms; the log says what to change.' : 'The store cannot be read.';
	}
	const free = await freeBytes?.().catch( () => 0 );
	return free !== undefined && free < MIN_FREE_BYTES ? 'The disk is full.' : null;
}

/** Null where the work is done in time. */
async function failureOf( clock: Clock, work: Promise< unknown > ): Promise< unknown > {
	let cancel = () => {};
	const late = new Promise< unknown >( ( done ) => {
		cancel = clock.setTimer( () => done( new Error( 'time-out' ) ), PING_MS );
	} );
	try {
		return await Promise.race( [ work.then( () => null, ( error: unknown ) => error ?? new Error( 'unknown' ) ), late ] );
	} finally {
		cancel();
	}
}
