import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { driveStores, NOW } from '../test/drive-stores.ts';
import { ManualClock } from '../test/manual-clock.ts';
import { hasRedis, startPrivateRedis } from '../test/private-redis.ts';
import { systemClock } from './clock.ts';
import type { Engine, Listener } from './engine.ts';
import { createLogger } from './observability/logger.ts';
import { openRedisEngine } from './redis-engine.ts';
import { REDIS_PREFIX } from './redis/open-redis.ts';
import { openSqliteEngine } from './sqlite-engine.ts';

const logger = createLogger( 'silent' );

/** A job that runs, as another process than the one that listens sees it. */
async function runJob( engine: Engine ) {
	const { newJob, claimed, jobs } = await driveStores( async () => ( { jobs: engine.jobs, deliveries: engine.deliveries, close: engine.close } ) );
	const { tenant, uuid } = newJob();
	await jobs.accept( newJob( { tenant, uuid } ) );
	await claimed();
	return { tenant, uuid };
}

function hear(): { heard: unknown[] } & Listener {
	const heard: unknown[] = [];
	return { heard, onEnded: () => void heard.push( 'ended' ), onCanceled: ( key ) => void heard.push( key ), onUnknown: () => void heard.push( 'unknown' ) };
}

it( 'on SQLite, a cancel by another process is heard of within a second', async ( { onTestFinished } ) => {
	const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-engine-' ) );
	const clock = new ManualClock( NOW );
	const [ one, other ] = [ 1, 2 ].map( () => openSqliteEngine( join( folder, 'gateway.sqlite' ), { clock, logger, startedAt: NOW } ) ) as [ Engine, Engine ];
	onTestFinished( async () => {
		await Promise.all( [ one.close(), other.close() ] );
		rmSync( folder, { recursive: true } );
	} );
	const key = await runJob( one );
	const listener = hear();
	other.listen( listener );
	await clock.advance( 1_000 );
	expect( listener.heard ).toEqual( [] );
	await one.jobs.cancel( key, NOW );
	await clock.advance( 1_000 );
	expect( listener.heard ).toEqual( [ 'unknown' ] );
} );

it.skipIf( ! hasRedis )( 'on Redis, a cancel by another process is told to all of them', async ( { onTestFinished } ) => {
	const redis = await startPrivateRedis();
	const open = () => openRedisEngine( redis.url, { clock: systemClock, logger, startedAt: Date.now(), durability: 'checked' } );
	const [ one, other ] = [ await open(), await open() ];
	onTestFinished( async () => {
		await Promise.all( [ one.close(), other.close() ] );
		await redis.remove();
	} );
	const key = await runJob( one );
	const listener = hear();
	other.listen( listener );
	const { storage } = one;
	await expect.poll( () => storage.kind === 'redis' && storage.redis.commands.pubsub( 'NUMSUB', `${ REDIS_PREFIX }:canceled` ) ).toEqual( [ `${ REDIS_PREFIX }:canceled`, 1 ] );
	await one.jobs.cancel( key, NOW );
	await expect.poll( () => listener.heard ).toContainEqual( key );
} );
