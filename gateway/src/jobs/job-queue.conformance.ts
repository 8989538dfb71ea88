import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driveStores, finish, LEASE_MS, NOW, written, type OpenStores } from '../../test/drive-stores.ts';

/** What a job store is as a queue of many tenants. Part of `job-store.conformance.ts`. */
export function describeJobQueue( engine: string, open: OpenStores ): void {
	describe( `${ engine } as a queue of many tenants`, () => {
		let stores: Awaited< ReturnType< typeof driveStores > >;

		beforeEach( async () => {
			stores = await driveStores( open );
		} );

		afterEach( () => stores.close() );

		const acceptMany = ( count: number, tenant: string ) =>
			Promise.all( Array.from( { length: count }, ( _, index ) => stores.jobs.accept( stores.newJob( { tenant, accepted_at: NOW + index } ) ) ) );

		describe( 'fairness', () => {
			it( 'lets a single job wait for no more than what runs already, whatever another tenant has waiting', async () => {
				await acceptMany( 1_000, 'shop:1' );
				const running = [];
				for ( let slot = 0; slot < 8; slot++ ) {
					running.push( await stores.claimed( NOW + 2_000 ) );
				}
				const single = stores.newJob( { tenant: 'blog:1', accepted_at: NOW + 2_000 } );
				await stores.jobs.accept( single );
				const [ ended ] = running;
				await stores.jobs.settle( ended!, { number: await stores.begin( ended! ), end: written }, finish( 'One.' ), NOW + 2_000 );
				expect( await stores.claimed( NOW + 2_000 ) ).toMatchObject( { tenant: 'blog:1', uuid: single.uuid } );
			} );

			it( 'shares the slots between tenants that both have many', async () => {
				await acceptMany( 20, 'shop:1' );
				await acceptMany( 20, 'blog:1' );
				const tenants = [];
				for ( let slot = 0; slot < 10; slot++ ) {
					tenants.push( ( await stores.claimed( NOW + 100 ) ).tenant );
				}
				expect( tenants.filter( ( tenant ) => tenant === 'blog:1' ) ).toHaveLength( 5 );
			} );

			it( 'keeps the order of one tenant’s jobs', async () => {
				const jobs = [ 3, 1, 2 ].map( ( at ) => stores.newJob( { accepted_at: NOW + at } ) );
				for ( const job of jobs ) {
					await stores.jobs.accept( job );
				}
				const order = [ await stores.claimed( NOW + 5 ), await stores.claimed( NOW + 5 ), await stores.claimed( NOW + 5 ) ];
				expect( order.map( ( { uuid } ) => uuid ) ).toEqual( [ jobs[ 1 ]?.uuid, jobs[ 2 ]?.uuid, jobs[ 0 ]?.uuid ] );
			} );
		} );

		describe( 'models that are full', () => {
			it( 'keep their jobs where they are, and no others', async () => {
				const [ full, other, elsewhere ] = [ stores.newJob(), stores.newJob( { model: 'other', accepted_at: NOW + 1 } ), stores.newJob( { tenant: 'blog:1', model: 'other', accepted_at: NOW + 2 } ) ];
				await stores.jobs.acceptAll( [ full, other, elsewhere ] );
				const claimAt = async ( now: number, ...full_models: string[] ) => {
					const claimed = await stores.jobs.claim( { lease: randomUUID(), now, lease_until: now + LEASE_MS, full_models } );
					return claimed === null || claimed === 'ended' ? claimed : claimed.uuid;
				};
				expect( await stores.jobs.nextDueAt() ).toBe( NOW );
				expect( await stores.jobs.nextDueAt( [ 'sample' ] ) ).toBe( NOW + 1 );
				expect( await claimAt( NOW, 'sample' ) ).toBeNull();
				expect( await claimAt( NOW + 5, 'sample', 'other' ) ).toBeNull();
				expect( await stores.jobs.nextDueAt( [ 'sample', 'other' ] ) ).toBeNull();
				expect( [ await claimAt( NOW + 5, 'sample' ), await claimAt( NOW + 5, 'sample' ), await claimAt( NOW + 5, 'sample' ) ] ).toEqual( [ other.uuid, elsewhere.uuid, null ] );
				expect( await claimAt( NOW + 5 ) ).toBe( full.uuid );
			} );

			it( 'do not keep a job whose worker has died', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				await stores.claimed();
				expect( await stores.jobs.nextDueAt( [ 'sample' ] ) ).toBe( NOW + LEASE_MS );
				expect( await stores.jobs.claim( { lease: randomUUID(), now: NOW + LEASE_MS, lease_until: NOW + 2 * LEASE_MS, full_models: [ 'sample' ] } ) ).toMatchObject( { uuid: job.uuid } );
			} );

			it( 'do not give a tenant with several models more than its share', async () => {
				await stores.jobs.acceptAll( [
					...Array.from( { length: 3 }, ( _, index ) => stores.newJob( { model: index === 0 ? 'sample' : 'other' } ) ), stores.newJob( { tenant: 'blog:1', accepted_at: NOW + 1 } ),
				] );
				const tenants = [];
				for ( let slot = 0; slot < 3; slot++ ) {
					tenants.push( ( await stores.claimed( NOW + 5 ) ).tenant );
				}
				expect( tenants ).toEqual( [ 'shop:1', 'blog:1', 'shop:1' ] );
				expect( ( await stores.jobs.stats() ).find( ( { tenant } ) => tenant === 'shop:1' ) ).toEqual( { tenant: 'shop:1', waiting: 1, running: 2, waiting_since: NOW } );
				expect( ( await stores.jobs.accept( stores.newJob( { model: 'sample' } ), { total: 9, per_tenant: 1 } ) ).kind ).toBe( 'full' );
			} );
		} );

		describe( 'bounds', () => {
			const bounds = { total: 5, per_tenant: 3 };

			it( 'refuse what would make too many wait, of one tenant and of all', async () => {
				const kinds = [];
				for ( const tenant of [ 'shop:1', 'shop:1', 'shop:1', 'shop:1', 'blog:1', 'blog:1', 'blog:1' ] ) {
					kinds.push( ( await stores.jobs.accept( stores.newJob( { tenant } ), bounds ) ).kind );
				}
				expect( kinds ).toEqual( [ 'accepted', 'accepted', 'accepted', 'full', 'accepted', 'accepted', 'full' ] );
			} );

			it( 'hold under parallel offers', async () => {
				const accepted = await Promise.all( Array.from( { length: 40 }, () => stores.jobs.accept( stores.newJob(), bounds ) ) );
				expect( accepted.filter( ( { kind } ) => kind === 'accepted' ) ).toHaveLength( 3 );
			} );

			it( 'never refuse a job that is known, and store nothing of one that they refuse', async () => {
				const known = stores.newJob();
				await stores.jobs.accept( known, bounds );
				const refused = stores.newJob();
				expect( await stores.jobs.accept( refused, { total: 1, per_tenant: 1 } ) ).toEqual( { kind: 'full' } );
				expect( await stores.jobs.accept( known, { total: 0, per_tenant: 0 } ) ).toMatchObject( { kind: 'known' } );
				expect( await stores.jobs.find( 'shop:1', [ refused.uuid ] ) ).toEqual( [] );
			} );

			it( 'count only what waits', async () => {
				const one = { total: 1, per_tenant: 1 };
				const first = stores.newJob();
				await stores.jobs.accept( first, one );
				const lease = await stores.claimed();
				expect( ( await stores.jobs.accept( stores.newJob(), one ) ).kind ).toBe( 'accepted' );
				await stores.jobs.settle( lease, null, { then: 'retry', at: NOW + 10, maybe_billed: false }, NOW );
				await stores.jobs.cancel( first, NOW );
				await stores.jobs.cancel( { tenant: 'shop:1', uuid: ( await stores.claimed( NOW + 10 ) ).uuid }, NOW );
				expect( ( await stores.jobs.accept( stores.newJob(), one ) ).kind ).toBe( 'accepted' );
			} );
		} );

		describe( 'figures', () => {
			it( 'tell what waits and runs of each tenant, and since when', async () => {
				await acceptMany( 3, 'shop:1' );
				await stores.jobs.accept( stores.newJob( { tenant: 'blog:1', accepted_at: NOW + 50 } ) );
				await stores.claimed( NOW );
				const byTenant = async () => ( await stores.jobs.stats() ).sort( ( a, b ) => a.tenant.localeCompare( b.tenant ) );
				expect( await byTenant() ).toEqual( [
					{ tenant: 'blog:1', waiting: 1, running: 0, waiting_since: NOW + 50 }, { tenant: 'shop:1', waiting: 2, running: 1, waiting_since: NOW + 1 },
				] );
				await stores.claimed( NOW + 50 );
				expect( await byTenant() ).toMatchObject( [ { tenant: 'blog:1', waiting: 0, running: 1, waiting_since: null }, {} ] );
			} );

			it( 'are empty where nothing waits and nothing runs', async () => {
				const job = stores.newJob();
				await stores.jobs.accept( job );
				const lease = await stores.claimed();
				await stores.jobs.settle( lease, { number: await stores.begin( lease ), end: written }, finish( 'Text.' ), NOW );
				expect( await stores.jobs.stats() ).toEqual( [] );
			} );
		} );

		it( 'lets go of a job that it no longer has', async () => {
			const gone = { tenant: 'shop:1', uuid: randomUUID(), lease: randomUUID() };
			expect( await stores.jobs.renew( gone, NOW + LEASE_MS ) ).toBe( 'ended' );
			expect( await stores.jobs.startAttempt( gone, { provider: 'local', model: 'sample', queue_ms: 0, started_at: NOW } ) ).toBeNull();
			expect( await stores.jobs.settle( gone, { number: 1, end: written }, finish( 'Text.' ), NOW ) ).toBe( 'ignored' );
			expect( await stores.jobs.find( 'shop:1', [ gone.uuid ] ) ).toEqual( [] );
		} );
	} );
}
