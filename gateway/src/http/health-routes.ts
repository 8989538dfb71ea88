import type { FastifyInstance } from 'fastify';
import type { JobStore } from '../jobs/job-store.ts';

export type HealthRoutesDeps = {
	store: JobStore;
	isClosing: () => boolean;
	/** Why the gateway's file is not in use as it stands; empty while it is. */
	configProblems: () => readonly string[];
};

/** `/healthz`: the process answers. `/readyz`: it takes jobs. */
export function addHealthRoutes( app: FastifyInstance, { store, isClosing, configProblems }: HealthRoutesDeps ): void {
	app.get( '/healthz', () => ( { status: 'ok' } ) );
	app.get( '/readyz', async ( _request, reply ) => {
		if ( isClosing() ) {
			return reply.code( 503 ).send( { status: 'closing' } );
		}
		await store.ping();
		const problems = configProblems();
		// Jobs are taken all the same, by the file before.
		return problems.length === 0 ? { status: 'ready' } : { status: 'ready', config: { status: 'stale', problems } };
	} );
}
