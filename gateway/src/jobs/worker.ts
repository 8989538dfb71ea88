import { randomUUID } from 'node:crypto';
import { ClockLeaps } from '../clock-leaps.ts';
import { DueLoop } from '../due-loop.ts';
import type { ClaimedJob, JobKey } from './job-store.ts';
import type { JobTickets } from './job-tickets.ts';
import { isFullAlong } from '../providers/route.ts';
import { processJob, type ProcessJobDeps, type StopReason } from './process-job.ts';

/** After this a silent worker is taken for dead. */
export const LEASE_MS = 6_000;
const RENEW_AFTER_MS = 2_000;
/** How long a job that is due is left to the one who gets its ticket. */
const TICKET_PATIENCE_MS = 2_000;
/** How often to look after leases and forgotten jobs, where jobs come by ticket: often enough to keep every lease. */
const LOOK_AROUND_MS = RENEW_AFTER_MS;

export type WorkerDeps = ProcessJobDeps & {
	/** Called when a job has ended, so that its result goes out at once. */
	onEnded: () => void;
	/** Provider calls at a time; they wait on the network nearly all of their life. */
	concurrency: number;
	/** Absent where the worker finds all jobs by itself. */
	tickets?: JobTickets | undefined;
};

type Claiming = 'by ticket' | 'by itself';

/** `renewAt`: by the steady clock. */
type ActiveJob = { job: ClaimedJob; controller: AbortController; done: Promise< void >; renewAt: number };

/** Claims runnable jobs, keeps their leases, and makes their provider calls. */
export class Worker {
	readonly #deps: WorkerDeps;
	readonly #loop: DueLoop;
	readonly #active = new Set< ActiveJob >();
	readonly #patienceMs: number;
	readonly #leaps: ClockLeaps;
	#isDraining = false;

	constructor( deps: WorkerDeps ) {
		this.#deps = deps;
		this.#leaps = new ClockLeaps( deps.clock, LEASE_MS );
		this.#patienceMs = deps.tickets === undefined ? 0 : TICKET_PATIENCE_MS;
		this.#loop = new DueLoop( {
			clock: deps.clock,
			runDue: () => this.#runDue(),
			onError: ( error ) => deps.logger.error( { err: error }, 'worker could not look for jobs' ),
		} );
	}

	/** Looks for jobs from now on. */
	start(): void {
		this.#deps.tickets?.serve( () => this.#useTicket(), this.#deps.concurrency );
		this.#loop.wake();
	}

	/** There may be a job to do. */
	wake(): void {
		this.#loop.wake();
	}

	/** Asks at once what has become of the jobs under way. */
	checkLeases(): void {
		for ( const active of this.#active ) {
			active.renewAt = this.#deps.clock.steady();
		}
		this.#loop.wake();
	}

	/** Calls off the job's provider call if it is made here; resolves once that is filed. */
	async cancel( { tenant, uuid }: JobKey ): Promise< void > {
		await this.#stopWhere( ( { job } ) => job.tenant === tenant && job.uuid === uuid, 'canceled' );
	}

	/** Begins nothing more; resolves when the calls under way have ended. */
	async drain(): Promise< void > {
		this.#isDraining = true;
		await this.#deps.tickets?.pause();
		await Promise.all( [ ...this.#active ].map( ( { done } ) => done ) );
	}

	/** Calls off what is still under way, hands it back to the queue, and ends. */
	async stop(): Promise< void > {
		this.#isDraining = true;
		await this.#stopWhere( () => true, 'shutdown' );
		await this.#loop.stop();
	}

	async #runDue(): Promise< number | null > {
		await this.#renewLeases();
		while ( ! this.#isDraining && this.#active.size < this.#deps.concurrency && ( await this.#isSomethingLeft() ) ) {
			if ( ( await this.#claim( 'by itself' ) ) === null ) {
				break;
			}
		}
		return this.#nextDueAt();
	}

	/** Where jobs come by ticket, one that is due is somebody's already, unless it has been for a while. */
	async #isSomethingLeft(): Promise< boolean > {
		if ( this.#patienceMs === 0 ) {
			return true;
		}
		const dueAt = await this.#deps.store.nextDueAt( this.#fullModels() );
		return dueAt !== null && dueAt + this.#patienceMs <= this.#deps.clock.now();
	}

	async #useTicket(): Promise< void > {
		while ( ! this.#isDraining ) {
			if ( this.#active.size >= this.#deps.concurrency ) {
				await Promise.race( [ ...this.#active ].map( ( { done } ) => done ) );
				continue;
			}
			const begun = await this.#claim( 'by ticket' );
			if ( begun === null ) {
				return;
			}
			if ( begun !== 'ended' ) {
				await begun.done;
			}
		}
	}

	async #claim( how: Claiming ): Promise< ActiveJob | 'ended' | null > {
		const now = this.#deps.clock.now();
		const claimed = await this.#deps.store.claim( {
			lease: randomUUID(), now, lease_until: now + LEASE_MS, full_models: this.#fullModels(), lapsed_by: now - this.#leaps.graceMs(),
		} );
		if ( claimed === 'ended' ) {
			this.#deps.onEnded();
		}
		return claimed === null || claimed === 'ended' ? claimed : this.#begin( claimed, how );
	}

	#begin( job: ClaimedJob, how: Claiming ): ActiveJob {
		const controller = new AbortController();
		const active: ActiveJob = { job, controller, renewAt: this.#deps.clock.steady() + RENEW_AFTER_MS, done: Promise.resolve() };
		active.done = this.#process( job, controller.signal ).finally( () => {
			this.#active.delete( active );
			// Whoever has a ticket goes on with it.
			if ( how === 'by itself' ) {
				this.wake();
			}
		} );
		this.#active.add( active );
		return active;
	}

	async #process( job: ClaimedJob, signal: AbortSignal ): Promise< void > {
		try {
			if ( ( await processJob( this.#deps, job, signal ) ) === 'ended' ) {
				this.#deps.onEnded();
			}
		} catch ( error ) {
			// The lease lapses and the job is taken up again.
			this.#deps.logger.error( { request_id: job.request_id, tenant: job.tenant, job: job.uuid, err: error }, 'job left to its lease' );
		}
	}

	async #renewLeases(): Promise< void > {
		const { clock, store } = this.#deps;
		for ( const active of this.#active ) {
			if ( active.renewAt > clock.steady() ) {
				continue;
			}
			active.renewAt = clock.steady() + RENEW_AFTER_MS;
			const renewed = await store.renew( active.job, clock.now() + LEASE_MS );
			if ( renewed === 'ended' || renewed === 'canceled' ) {
				active.controller.abort( renewed satisfies StopReason );
			}
		}
	}

	async #nextDueAt(): Promise< number | null > {
		const { clock } = this.#deps;
		const now = clock.now();
		const renewals = [ ...this.#active ].map( ( { renewAt } ) => now + renewAt - clock.steady() );
		const isFull = this.#isDraining || this.#active.size >= this.#deps.concurrency;
		const waiting = isFull ? null : await this.#deps.store.nextDueAt( this.#fullModels() );
		const times = waiting === null ? renewals : [ ...renewals, Math.max( waiting + this.#patienceMs, now + this.#leaps.msLeft() ) ];
		if ( this.#deps.tickets !== undefined ) {
			times.push( now + LOOK_AROUND_MS );
		}
		return times.length === 0 ? null : Math.min( ...times );
	}

	/** Only the calls of jobs fill them, and the end of one of those wakes the worker. */
	#fullModels(): string[] {
		return [ ...this.#deps.models.values() ].filter( ( { route } ) => isFullAlong( route, 'job' ) ).map( ( { id } ) => id );
	}

	async #stopWhere( isMeant: ( active: ActiveJob ) => boolean, reason: StopReason ): Promise< void > {
		const meant = [ ...this.#active ].filter( isMeant );
		for ( const { controller } of meant ) {
			controller.abort( reason );
		}
		await Promise.all( meant.map( ( { done } ) => done ) );
	}
}
