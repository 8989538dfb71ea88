import { join } from 'node:path';
import type { Offer } from '@draftkeeper/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis } from '../private-redis.ts';
import { buildServer, removeServer } from '../server-process.ts';
import { crashPoints } from './crash-points.ts';
import { createFaultWorld, type FaultEngine } from './fault-world.ts';

beforeAll( () => buildServer( join( 'test', 'faults', 'crashing-gateway.ts' ) ) );
afterAll( removeServer );

const engines: FaultEngine[] = [ 'SQLite', 'Redis' ];

describe.concurrent.each( engines )( 'a gateway on %s', ( engine ) => {
	const possible = it.skipIf( engine === 'Redis' && ! hasRedis );

	possible( 'killed at every step in turn loses no job, and WordPress gets each result once', async ( { onTestFinished } ) => {
		const world = await createFaultWorld( engine );
		onTestFinished( world.remove );
		const offers: Offer[] = [];
		for ( const point of [ ...crashPoints, 'called', 'delivered' ] ) {
			const dying = await world.start( point );
			const offer = world.offer();
			offers.push( offer );
			await world.until( async () => dying.isOver() || ( await world.offerOnce( offer ) ), `${ point }: the offer is taken` );
			await world.until( dying.isOver, `the gateway dies at ${ point }` );
		}
		await world.start();
		await world.finish( offers );
		expect( await world.check( offers ) ).toEqual( [] );
		expect( [ ...world.applied.values() ].every( ( { outcome } ) => outcome.status === 'succeeded' ) ).toBe( true );
	} );
} );
