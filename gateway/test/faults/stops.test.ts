import type { Offer } from '@draftkeeper/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis } from '../private-redis.ts';
import { buildServer, removeServer } from '../server-process.ts';
import { createFaultWorld, type FaultEngine } from './fault-world.ts';

const EXIT_MS = 25_000;

beforeAll( () => buildServer() );
afterAll( removeServer );

const engines: FaultEngine[] = [ 'SQLite', 'Redis' ];

describe.concurrent.each( engines )( 'a gateway on %s', ( engine ) => {
	const possible = it.skipIf( engine === 'Redis' && ! hasRedis );

	possible( 'that is asked to stop under load takes no more, ends what runs, and leaves the rest to the next', async ( { onTestFinished } ) => {
		const world = await createFaultWorld( engine );
		onTestFinished( world.remove );
		const first = await world.start();
		world.provider.hold();
		const offers: Offer[] = [];
		const offer = async () => {
			const next = world.offer();
			await world.offerUntilTaken( next );
			offers.push( next );
		};
		while ( offers.length < 20 ) {
			await offer();
		}
		await world.provider.requested( 4 );
		const stoppedAt = performance.now();
		const exited = first.kill( 'SIGTERM' );
		await world.until( async () => {
			const probe = world.offer();
			const answer = await world.ask( 'POST', '/v1/jobs', JSON.stringify( probe ) ).catch( () => null );
			// Until the signal has arrived, it is an offer like the others.
			if ( answer?.status === 202 ) {
				world.history.push( { what: 'accepted', uuid: probe.uuid } );
				offers.push( probe );
			}
			return answer?.status === 503;
		}, 'offers are sent away' );
		world.provider.release();
		expect( await exited ).toBe( 0 );
		expect( performance.now() - stoppedAt ).toBeLessThan( EXIT_MS );
		// What ran when the signal came has been delivered; nothing new was begun.
		const begun = world.history.filter( ( { what } ) => what === 'called' ).length;
		expect( begun ).toBeLessThan( offers.length );
		expect( world.applied.size ).toBe( begun );

		await world.start();
		await world.finish( offers );
		expect( await world.check( offers ) ).toEqual( [] );
		expect( world.history.filter( ( { what } ) => what === 'called' ) ).toHaveLength( offers.length );
	} );

	possible( 'that stands still for longer than its lease does not overwrite the result of the one that took over', async ( { onTestFinished } ) => {
		const world = await createFaultWorld( engine );
		onTestFinished( world.remove );
		await world.start( '', 'serve', '--intake-only' );
		const frozen = await world.installation.start( 'worker' );
		world.provider.hold();
		const offer = world.offer();
		await world.offerUntilTaken( offer );
		await world.provider.requested( 1 );
		void frozen.kill( 'SIGSTOP' );
		await world.installation.start( 'worker' );
		await world.provider.requested( 2 );
		world.provider.release();
		await world.finish( [ offer ] );
		const result = world.applied.get( offer.uuid );
		void frozen.kill( 'SIGCONT' );
		await world.until( () => frozen.log.some( ( line ) => line.includes( '"attempt":1' ) && line.includes( 'provider call ended' ) ), 'the frozen worker files its call' );
		expect( await world.check( [ offer ] ) ).toEqual( [] );
		expect( ( await world.ask( 'GET', `/v1/jobs/${ offer.uuid }` ) ).body ).toMatchObject( {
			state: 'succeeded', finished: { outcome: result?.outcome, maybe_billed_twice: true, attempts: [ { attempt: 1 }, { attempt: 2, status: 'succeeded' } ] },
		} );
		expect( world.history.filter( ( event ) => event.what === 'delivered' && event.applied ) ).toHaveLength( 1 );
	} );
} );
