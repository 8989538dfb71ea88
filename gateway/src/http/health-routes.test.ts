import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { addHealthRoutes, type HealthRoutesDeps } from './health-routes.ts';

let app: FastifyInstance;
afterEach( () => app.close() );

const clock = new ManualClock();
const storeThat = ( ping: () => Promise< void > ) => ( { ping } as JobStore );

function open( deps: Partial< HealthRoutesDeps > ) {
	app = Fastify();
	addHealthRoutes( app, { store: storeThat( async () => {} ), clock, isClosing: () => false, configProblems: () => [], ...deps } );
	return async () => {
		const answer = await app.inject( '/readyz' );
		return [ answer.statusCode, answer.json() as unknown ];
	};
}

it( 'is ready where its store answers and its disk has room', async () => {
	expect( await open( { freeBytes: async () => 5e9 } )() ).toEqual( [ 200, { status: 'ready' } ] );
} );

it( 'is not ready where its store cannot be read, or does not answer', async () => {
	const reason = { status: 'not_ready', reason: 'The store cannot be read.' };
	expect( await open( { store: storeThat( () => Promise.reject( new Error( 'gone' ) ) ) } )() ).toEqual( [ 503, reason ] );
	const ask = open( { store: storeThat( () => new Promise( () => {} ) ) } );
	await app.ready();
	const answer = ask();
	await settled();
	await clock.advance( 2_000 );
	expect( await answer ).toEqual( [ 503, reason ] );
} );

it( 'is not ready where its disk is full, or cannot be asked', async () => {
	const reason = { status: 'not_ready', reason: 'The disk is full.' };
	expect( await open( { freeBytes: async () => 1e6 } )() ).toEqual( [ 503, reason ] );
	expect( await open( { freeBytes: () => Promise.reject( new Error( 'EIO' ) ) } )() ).toEqual( [ 503, reason ] );
} );

it( 'is alive whatever is wrong', async () => {
	open( { isClosing: () => true, store: storeThat( () => Promise.reject( new Error( 'gone' ) ) ) } );
	expect( ( await app.inject( '/healthz' ) ).json() ).toEqual( { status: 'ok' } );
	expect( ( await app.inject( '/readyz' ) ).json() ).toEqual( { status: 'closing' } );
} );
