import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Offer } from '@draftkeeper/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { hasRedis } from '../private-redis.ts';
import { buildServer, removeServer } from '../server-process.ts';
import { createFaultWorld } from './fault-world.ts';

/** The network between gateway and Redis is gone for so long. */
const PARTITION_MS = 3_000;

beforeAll( () => buildServer( join( 'test', 'faults', 'crashing-gateway.ts' ) ) );
afterAll( removeServer );

async function createWorld( { onTestFinished }: TestContext ) {
	const world = await createFaultWorld( 'Redis' );
	onTestFinished( world.remove );
	const { redis } = world;
	if ( redis === null ) {
		throw new Error( 'The world has no Redis.' );
	}
	const command = async ( name: string, ...args: string[] ) => {
		const client = new Redis( redis.url );
		await client.call( name, ...args );
		client.disconnect();
	};
	return { ...world, redis, command };
}

describe.skipIf( ! hasRedis ).concurrent( 'a gateway on Redis', () => {
	it( 'loses no accepted job when Redis is killed with -9 under load', async ( context ) => {
		const world = await createWorld( context );
		await world.start();
		const offers: Offer[] = [];
		let isOver = false;
		const load = ( async () => {
			while ( ! isOver ) {
				const offer = world.offer();
				await world.offerUntilTaken( offer );
				offers.push( offer );
			}
		} )();
		await world.until( () => offers.length > 40, 'there is load' );
		for ( let kill = 0; kill < 3; kill++ ) {
			await world.redis.kill();
			await world.redis.start();
			const before = offers.length;
			await world.until( () => offers.length > before + 10, 'jobs are taken again' );
		}
		isOver = true;
		await load;
		await world.until( () => offers.every( ( { uuid } ) => world.applied.has( uuid ) ), 'every accepted job has ended' );
		expect( await world.check( offers ) ).toEqual( [] );
	} );

	it( 'whose Redis was emptied knows no job, and does each that is offered again once', async ( context ) => {
		const world = await createWorld( context );
		await world.start();
		world.provider.hold();
		const offer = world.offer();
		await world.offerUntilTaken( offer );
		await world.provider.requested( 1 );
		await world.command( 'FLUSHALL' );
		// A token from before is refused once.
		await world.until( async () => ( await world.ask( 'GET', `/v1/jobs/${ offer.uuid }` ) ).status === 404, 'the job is unknown' );
		expect( await world.ask( 'GET', `/v1/jobs/${ offer.uuid }` ) ).toMatchObject( { status: 404, body: { code: 'unknown_job' } } );
		await world.offerUntilTaken( offer );
		await world.provider.requested( 2 );
		world.provider.release();
		await world.finish( [ offer ] );
		expect( world.history.filter( ( event ) => event.what === 'delivered' && event.applied ) ).toHaveLength( 1 );
		expect( world.applied.get( offer.uuid ) ).toMatchObject( { outcome: { status: 'succeeded' } } );
	} );

	it( 'goes on after Redis was out of reach for three seconds in the middle of calls', async ( context ) => {
		const world = await createWorld( context );
		await world.start();
		world.provider.hold();
		const offers = Array.from( { length: 4 }, world.offer );
		for ( const offer of offers ) {
			await world.offerUntilTaken( offer );
		}
		await world.provider.requested( 4 );
		world.redis.freeze();
		world.provider.release();
		await delay( PARTITION_MS );
		world.redis.thaw();
		await world.finish( offers );
		expect( await world.check( offers ) ).toEqual( [] );
		expect( world.history.filter( ( { what } ) => what === 'called' ) ).toHaveLength( 4 );
	} );

	it( 'sends offers away while Redis has no memory left, and loses nothing that it took', async ( context ) => {
		const world = await createWorld( context );
		await world.start();
		world.provider.hold();
		const [ before, after ] = [ world.offer(), world.offer() ];
		await world.offerUntilTaken( before );
		await world.provider.requested( 1 );
		await world.command( 'CONFIG', 'SET', 'maxmemory', '1' );
		expect( await world.ask( 'POST', '/v1/jobs', JSON.stringify( after ) ) ).toMatchObject( { status: 503, body: { code: 'overloaded', retryable: true } } );
		await world.command( 'CONFIG', 'SET', 'maxmemory', '0' );
		world.provider.release();
		await world.finish( [ before, after ] );
		expect( await world.check( [ before, after ] ) ).toEqual( [] );
	} );

	it( 'takes no offers while Redis, back with worse settings, could lose them, and takes them when it is put right', async ( context ) => {
		const world = await createWorld( context );
		const { origin } = await world.start();
		const ready = async () => {
			const answer = await fetch( `${ origin }/readyz` );
			const { status, reason } = await answer.json() as { status: string; reason?: string };
			return { code: answer.status, status, reason };
		};
		const [ before, during ] = [ world.offer(), world.offer() ];
		expect( await world.offerOnce( before ) ).toBe( true );
		expect( await ready() ).toEqual( { code: 200, status: 'ready' } );
		await world.redis.kill();
		await world.redis.start( { appendfsync: 'no' } );
		// Before, it may say that nobody answers.
		await world.until( async () => ( await ready() ).reason === 'Redis could lose what it confirms; the log says what to change.', 'it is not ready' );
		const offered = () => world.ask( 'POST', '/v1/jobs', JSON.stringify( during ) );
		expect( await ready() ).toMatchObject( { code: 503, status: 'not_ready' } );
		expect( await offered() ).toMatchObject( { status: 503, body: { code: 'overloaded', retryable: true, retry_after_ms: 30_000 } } );
		await world.command( 'CONFIG', 'SET', 'appendfsync', 'always' );
		await world.until( async () => ( await ready() ).code === 200, 'it is ready again' );
		await world.finish( [ before, during ] );
		expect( await world.check( [ before, during ] ) ).toEqual( [] );
	} );

	it( 'does not start where Redis may lose the last second', async ( context ) => {
		const world = await createWorld( context );
		await world.command( 'CONFIG', 'SET', 'appendfsync', 'everysec' );
		await expect( world.start() ).rejects.toThrow( /set "appendfsync always" \(it is "everysec"\)/ );
	} );
} );
