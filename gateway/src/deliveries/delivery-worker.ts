import { DueLoop } from '../due-loop.ts';
import type { Logger } from '../observability/logger.ts';
import type { Sites } from '../sites/site.ts';
import { deliverResult, type DeliverResultDeps } from './deliver-result.ts';
import type { DeliveryStore, DeliveryVerdict, DueDelivery } from './delivery-store.ts';

const CONCURRENCY = 16;
/** A site that does not answer must not hold up the others. */
const CONCURRENCY_PER_SITE = 2;
/** Longer than a try can take; a delivery whose process died is tried again after it. */
const LEASE_MS = 30_000;
const BLOCKED_PAUSE_MS = 5_000;
/** When to look again after results for a site that is missing from the configuration. */
const UNKNOWN_SITE_PAUSE_MS = 3_600_000;

export type DeliveryWorkerDeps = DeliverResultDeps & { store: DeliveryStore; sites: Sites; logger: Logger };

/** Brings results to their sites, each until it is acknowledged, refused or given up. */
export class DeliveryWorker {
	readonly #deps: DeliveryWorkerDeps;
	readonly #loop: DueLoop;
	readonly #active = new Map< Promise< void >, string >();

	constructor( deps: DeliveryWorkerDeps ) {
		this.#deps = deps;
		this.#loop = new DueLoop( {
			clock: deps.clock,
			runDue: () => this.#runDue(),
			onError: ( error ) => deps.logger.error( { err: error }, 'could not look for deliveries' ),
		} );
	}

	/** There may be something to deliver. Also starts the worker. */
	wake(): void {
		this.#loop.wake();
	}

	/** Tries what is due at this moment, waits for every try under way, and ends. */
	async stop(): Promise< void > {
		await this.#loop.stop();
		await this.#runDue();
		await Promise.all( this.#active.keys() );
	}

	async #runDue(): Promise< number | null > {
		const { store, clock } = this.#deps;
		while ( this.#active.size < CONCURRENCY ) {
			const now = clock.now();
			const delivery = await store.claimDelivery( { now, lease_until: now + LEASE_MS, busy_tenants: this.#busyTenants() } );
			if ( delivery === null ) {
				const dueAt = await store.nextDeliveryDueAt();
				// What is due already waits for tries of its own site.
				return dueAt === null || dueAt > now ? dueAt : now + BLOCKED_PAUSE_MS;
			}
			const done = this.#deliver( delivery ).finally( () => {
				this.#active.delete( done );
				this.wake();
			} );
			this.#active.set( done, delivery.tenant );
		}
		return null;
	}

	/** By what is under way here: leases of a process that has died must not hold up a site's other results. */
	#busyTenants(): string[] {
		const counts = new Map< string, number >();
		for ( const tenant of this.#active.values() ) {
			counts.set( tenant, ( counts.get( tenant ) ?? 0 ) + 1 );
		}
		return [ ...counts ].filter( ( [ , count ] ) => count >= CONCURRENCY_PER_SITE ).map( ( [ tenant ] ) => tenant );
	}

	async #deliver( delivery: DueDelivery ): Promise< void > {
		const { store, sites, clock, logger } = this.#deps;
		const line = { request_id: delivery.finished.request_id, tenant: delivery.tenant, job: delivery.finished.uuid, webhook_id: delivery.id };
		try {
			const site = sites.get( delivery.tenant );
			const verdict: DeliveryVerdict = site === undefined
				? { then: 'postpone', at: clock.now() + UNKNOWN_SITE_PAUSE_MS, failure: 'site is not configured' }
				: await deliverResult( this.#deps, site, delivery );
			await store.settleDelivery( delivery.id, verdict, clock.now() );
			logger[ verdict.then === 'acknowledged' ? 'info' : 'warn' ]( { ...line, tries: delivery.tries + 1, ...verdict }, 'delivery tried' );
		} catch ( error ) {
			// The lease lapses and the delivery is tried again.
			logger.error( { ...line, err: error }, 'delivery left to its lease' );
		}
	}
}
