import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { SqliteJobStore } from '../jobs/sqlite-job-store.ts';
import { createLogger } from '../observability/logger.ts';
import type { Site } from '../sites/site.ts';
import { DeliveryWorker } from './delivery-worker.ts';
import type { WebhookAnswer } from './post-webhook.ts';
import { SqliteDeliveryStore } from './sqlite-delivery-store.ts';

type Post = { site: Site; id: string; timestamp: string; body: string; answer: ( answer: Partial< WebhookAnswer > | Error ) => Promise< void > };

const [ shop, blog ] = [ createTestSite().site, createTestSite( { site_id: 'blog' } ).site ];
let clock: ManualClock;
let database: SqliteDatabase;
let posts: Post[];
let worker: DeliveryWorker;
let sites: Map< string, Site >;
/** What every try is answered; null leaves that to the test. */
let automatic: Partial< WebhookAnswer > | null;

const createWorker = () => new DeliveryWorker( {
	store: new SqliteDeliveryStore( database ), sites, clock, random: () => 0, logger: createLogger( 'silent' ),
	post: ( site, headers, body ) => new Promise( ( resolve, reject ) => {
		posts.push( {
			site, id: headers[ 'webhook-id' ] ?? '', timestamp: headers[ 'webhook-timestamp' ] ?? '', body,
			answer: async ( answer ) => {
				if ( answer instanceof Error ) {
					reject( answer );
				} else {
					resolve( { status: 200, body: '', retryAfter: undefined, ...answer } );
				}
				await settled();
			},
		} );
		if ( automatic !== null ) {
			resolve( { status: 200, body: '', retryAfter: undefined, ...automatic } );
		}
	} ),
} );

beforeEach( () => {
	clock = new ManualClock();
	database = openDatabase( ':memory:' );
	posts = [];
	automatic = null;
	sites = new Map( [ shop, blog ].map( ( site ) => [ site.tenant, site ] ) );
	worker = createWorker();
} );

afterEach( () => database.close() );

async function endJob( site: Site = shop ): Promise< string > {
	const store = new SqliteJobStore( database );
	const key = { tenant: site.tenant, uuid: randomUUID() };
	await store.accept( {
		...key, request_id: randomUUID(), task: 'product_description', model: 'sample', body_hash: 'hash',
		request: { messages: [], temperature: 0, max_output_tokens: 1 }, accepted_at: clock.now(), expires_at: clock.now() + 1_000,
	} );
	await store.cancel( key, clock.now() );
	worker.wake();
	await settled();
	return key.uuid;
}

const receipt = ( post: Post | undefined ) => ( { body: JSON.stringify( { received: post?.id } ) } );

describe( 'the deliveries', () => {
	it( 'bring a result at once and never again after the acknowledgement', async () => {
		const uuid = await endJob();
		expect( posts ).toHaveLength( 1 );
		expect( posts[ 0 ]?.body ).toContain( uuid );
		await posts[ 0 ]?.answer( receipt( posts[ 0 ] ) );
		await clock.advance( 10 * 86_400_000 );
		expect( posts ).toHaveLength( 1 );
	} );

	it( 'under way when a process dies do not hold up the site’s other results', async () => {
		for ( let job = 0; job < 3; job++ ) {
			await endJob();
		}
		expect( posts ).toHaveLength( 2 );
		worker = createWorker();
		worker.wake();
		await settled();
		expect( posts ).toHaveLength( 3 );
		expect( new Set( posts.map( ( { id } ) => id ) ).size ).toBe( 3 );
	} );

	it( 'are repeated under the same id with a fresh time when the acknowledgement is lost', async () => {
		await endJob();
		await posts[ 0 ]?.answer( new Error( 'socket hang up' ) );
		await clock.advance( 5_000 );
		expect( posts ).toHaveLength( 2 );
		expect( posts[ 1 ]?.id ).toBe( posts[ 0 ]?.id );
		expect( posts[ 1 ]?.body ).toBe( posts[ 0 ]?.body );
		expect( Number( posts[ 1 ]?.timestamp ) - Number( posts[ 0 ]?.timestamp ) ).toBe( 5 );
		await posts[ 1 ]?.answer( receipt( posts[ 1 ] ) );
		await clock.advance( 86_400_000 );
		expect( posts ).toHaveLength( 2 );
	} );

	it( 'go on where they were after a restart', async () => {
		await endJob();
		await posts[ 0 ]?.answer( { status: 500 } );
		await worker.stop();
		worker = createWorker();
		worker.wake();
		await settled();
		await clock.advance( 5_000 );
		expect( posts.map( ( { id } ) => id ) ).toEqual( [ posts[ 0 ]?.id, posts[ 0 ]?.id ] );
		await posts[ 1 ]?.answer( receipt( posts[ 1 ] ) );
		await worker.stop();
	} );

	it( 'end as a dead letter after ten tries', async () => {
		automatic = { status: 502 };
		await endJob();
		await clock.advance( 4 * 86_400_000 );
		expect( posts ).toHaveLength( 10 );
		expect( new Set( posts.map( ( { id } ) => id ) ).size ).toBe( 1 );
		expect( database.prepare( 'SELECT state, tries, last_failure FROM deliveries' ).all() ).toEqual( [ { state: 'dead', tries: 10, last_failure: 'http 502' } ] );
	} );

	it( 'of a site that does not answer leave room for others', async () => {
		await Promise.all( [ endJob(), endJob(), endJob() ] );
		await endJob( blog );
		expect( posts.map( ( { site } ) => site.site_id ) ).toEqual( [ 'shop', 'shop', 'blog' ] );
		await posts[ 0 ]?.answer( receipt( posts[ 0 ] ) );
		expect( posts ).toHaveLength( 4 );
	} );

	/** How many are at the site at once when it takes each after so long. */
	const mostAtOnce = async ( takesMs: number, count: number ): Promise< number > => {
		for ( let job = 0; job < count; job++ ) {
			await endJob();
		}
		let most = 0;
		for ( let answered = 0; answered < count; ) {
			const waiting = posts.slice( answered );
			most = Math.max( most, waiting.length );
			await clock.advance( takesMs );
			for ( const post of waiting ) {
				answered += 1;
				await post.answer( receipt( post ) );
			}
		}
		return most;
	};

	it( 'go faster to a site that takes them quickly, up to a bound', async () => {
		expect( await mostAtOnce( 100, 60 ) ).toBe( 8 );
	} );

	it( 'do not go faster to a site that is slow', async () => {
		expect( await mostAtOnce( 1_000, 12 ) ).toBe( 2 );
	} );

	it( 'go slowly again once a site that was quick has trouble', async () => {
		await mostAtOnce( 100, 60 );
		const before = posts.length;
		for ( let job = 0; job < 12; job++ ) {
			await endJob();
		}
		const busy = posts.slice( before );
		expect( busy ).toHaveLength( 8 );
		for ( const post of busy ) {
			await post.answer( { status: 502 } );
		}
		expect( posts ).toHaveLength( before + 8 + 2 );
	} );

	it( 'wait for a site that is missing from the configuration, without using up its tries', async () => {
		sites.delete( shop.tenant );
		await endJob();
		await clock.advance( 20 * 3_600_000 );
		expect( posts ).toHaveLength( 0 );
		sites.set( shop.tenant, shop );
		await clock.advance( 3_600_000 );
		expect( posts ).toHaveLength( 1 );
		expect( database.prepare( 'SELECT tries FROM deliveries' ).all() ).toEqual( [ { tries: 1 } ] );
	} );

	it( 'that are under way are waited for when the gateway stops', async () => {
		await endJob();
		const stopped = worker.stop();
		await posts[ 0 ]?.answer( receipt( posts[ 0 ] ) );
		await stopped;
		expect( database.prepare( 'SELECT state FROM deliveries' ).all() ).toEqual( [ { state: 'acknowledged' } ] );
	} );
} );
