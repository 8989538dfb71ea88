import type { FastifyInstance } from 'fastify';
import type { JobStore } from '../jobs/job-store.ts';

/** `/healthz`: the process answers. `/readyz`: it takes jobs. */
export function addHealthRoutes( app: FastifyInstance, { store, isClosing }: { store: JobStore; isClosing: () => boolean } ): void {
	app.get( '/healthz', () => ( { status: 'ok' } ) );
	app.get( '/readyz', async ( _request, reply ) => {
		if ( isClosing() ) {
			return reply.code( 503 ).send( { status: 'closing' } );
		}
		await store.ping();
		return { status: 'ready' };
	} );
}
