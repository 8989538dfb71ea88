import { DueLoop } from '../due-loop.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import { newSpanId } from '../observability/trace.ts';
import type { Sites } from '../sites/site.ts';
import { deliverResult, type DeliverResultDeps } from './deliver-result.ts';
import type { DeliveryStore, DeliveryVerdict, DueDelivery } from './delivery-store.ts';
import { SitePace } from './site-pace.ts';

/** They wait on the network nearly all the time. One site has a few of them (`site-pace.ts`), so that many must be out of order to hold up others. */
const CONCURRENCY = 64;
/** After this a delivery whose process is silent is tried again. */
export const LEASE_MS = 6_000;
const RENEW_AFTER_MS = 2_000;
const BLOCKED_PAUSE_MS = 5_000;
/** How long to go on with what is due when the process ends: the next one does it too. */
const LAST_TRIES_MS = 5_000;
/** When to look again after results for a site that is missing from the configuration. */
const UNKNOWN_SITE_PAUSE_MS = 3_600_000;

export type DeliveryWorkerDeps = DeliverResultDeps & { store: DeliveryStore; sites: Sites; logger: Logger; meter?: Meter };

/** `renewAt`: by the steady clock. */
type ActiveDelivery = { delivery: DueDelivery; done: Promise< void >; renewAt: number };

/** Brings results to their sites, each until it is acknowledged, refused or given up. */
export class DeliveryWorker {
	readonly #deps: DeliveryWorkerDeps;
	readonly #loop: DueLoop;
	readonly #active = new Set< ActiveDelivery >();
	readonly #pace = new SitePace();

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

	/** Tries what is due, a few seconds long, waits for every try under way, and ends. */
	async stop(): Promise< void > {
		await this.#loop.stop();
		const until = this.#deps.clock.steady() + LAST_TRIES_MS;
		try {
			do {
				await this.#runDue();
				await Promise.all( [ ...this.#active ].map( ( { done } ) => done ) );
			} while ( this.#deps.clock.steady() < until && ( await this.#isSomethingDue() ) );
		} catch ( error ) {
			this.#deps.logger.error( { err: error }, 'deliveries left to the next process' );
		}
	}

	async #isSomethingDue(): Promise< boolean > {
		const dueAt = await this.#deps.store.nextDeliveryDueAt();
		return dueAt !== null && dueAt <= this.#deps.clock.now();
	}

	async #runDue(): Promise< number | null > {
		const { store, clock } = this.#deps;
		await this.#renewLeases();
		while ( this.#active.size < CONCURRENCY ) {
			const now = clock.now();
			const delivery = await store.claimDelivery( { now, lease_until: now + LEASE_MS, busy_tenants: this.#busyTenants() } );
			if ( delivery === null ) {
				const dueAt = await store.nextDeliveryDueAt();
				// What is due already waits for tries of its own site.
				return this.#earliest( dueAt === null || dueAt > now ? dueAt : now + BLOCKED_PAUSE_MS );
			}
			this.#begin( delivery );
		}
		return this.#earliest( null );
	}

	#begin( delivery: DueDelivery ): void {
		const active: ActiveDelivery = { delivery, renewAt: this.#deps.clock.steady() + RENEW_AFTER_MS, done: Promise.resolve() };
		active.done = this.#deliver( delivery ).finally( () => {
			this.#active.delete( active );
			this.wake();
		} );
		this.#active.add( active );
	}

	async #renewLeases(): Promise< void > {
		const { clock, store } = this.#deps;
		const due = clock.steady();
		for ( const active of [ ...this.#active ].filter( ( { renewAt } ) => renewAt <= due ) ) {
			active.renewAt = clock.steady() + RENEW_AFTER_MS;
			await store.renewDelivery( active.delivery.id, clock.now() + LEASE_MS );
		}
	}

	/** The next thing to do: what is due, or a lease to be kept. */
	#earliest( dueAt: number | null ): number | null {
		const { clock } = this.#deps;
		const times = [ ...this.#active ].map( ( { renewAt } ) => clock.now() + renewAt - clock.steady() ).concat( dueAt ?? [] );
		return times.length === 0 ? null : Math.min( ...times );
	}

	/** By what is under way here: leases of a process that has died must not hold up a site's other results. */
	#busyTenants(): string[] {
		const counts = new Map< string, number >();
		for ( const { delivery: { tenant } } of this.#active ) {
			counts.set( tenant, ( counts.get( tenant ) ?? 0 ) + 1 );
		}
		return [ ...counts ].filter( ( [ tenant, count ] ) => count >= this.#pace.allowed( tenant ) ).map( ( [ tenant ] ) => tenant );
	}

	async #deliver( delivery: DueDelivery ): Promise< void > {
		const { store, sites, clock, logger } = this.#deps;
		const span_id = newSpanId();
		const line = { request_id: delivery.finished.request_id, span_id, tenant: delivery.tenant, job: delivery.finished.uuid, webhook_id: delivery.id };
		try {
			const site = sites.get( delivery.tenant );
			const startedAt = clock.steady();
			const verdict: DeliveryVerdict = site === undefined
				? { then: 'postpone', at: clock.now() + UNKNOWN_SITE_PAUSE_MS, failure: 'site is not configured' }
				: await deliverResult( this.#deps, site, delivery, span_id );
			if ( verdict.then === 'acknowledged' || verdict.then === 'dead' ) {
				this.#pace.took( delivery.tenant, clock.steady() - startedAt );
			} else {
				this.#pace.slowed( delivery.tenant );
			}
			await store.settleDelivery( delivery.id, verdict, clock.now() );
			this.#deps.meter?.deliveryTried( verdict.then );
			logger[ verdict.then === 'acknowledged' ? 'info' : 'warn' ]( { ...line, tries: delivery.tries + 1, ...verdict }, 'delivery tried' );
		} catch ( error ) {
			// The lease lapses and the delivery is tried again.
			logger.error( { ...line, err: error }, 'delivery left to its lease' );
		}
	}
}
