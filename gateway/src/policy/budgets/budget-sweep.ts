import type { Clock } from '../../clock.ts';
import { ClockLeaps } from '../../clock-leaps.ts';
import { DueLoop } from '../../due-loop.ts';
import type { JobStore, StoredJob } from '../../jobs/job-store.ts';
import type { Logger } from '../../observability/logger.ts';
import type { BudgetStore, Hold } from './budget-store.ts';
import { spentBy } from './price-of.ts';

const PERIOD_MS = 30_000;
/** Whoever holds something younger is at work with it. */
const JOB_GRACE_MS = 10_000;
/** A job that was never stored: its process died between the reservation and the commit. */
const UNKNOWN_JOB_MS = 60_000;
/** Longer than any call may take; its process is gone. */
const CALL_MS = 15 * 60_000;
const MAX_HOLDS = 20_000;
const BATCH = 100;
const PURGE_PERIOD_MS = 3_600_000;
/** Longer than a year, so that what was used this month and day is always there; longer than jobs are kept. */
const RETENTION_MS = 100 * 86_400_000;

export type BudgetSweepDeps = { store: BudgetStore; jobs: Pick< JobStore, 'find' >; clock: Clock; logger: Logger };

/** Goes through what is held and compares it with the jobs as they are: settles what has ended, lets go what is not there. */
export class BudgetSweep {
	readonly #deps: BudgetSweepDeps;
	readonly #loop: DueLoop;
	/** A call under way has not lasted for as long as the clock was set forward. */
	readonly #leaps: ClockLeaps;
	#nextPurgeAt = 0;

	constructor( deps: BudgetSweepDeps ) {
		this.#deps = deps;
		this.#leaps = new ClockLeaps( deps.clock, CALL_MS );
		this.#loop = new DueLoop( {
			clock: deps.clock,
			runDue: async () => {
				await this.run();
				return deps.clock.now() + PERIOD_MS;
			},
			onError: ( error ) => deps.logger.error( { err: error }, 'reservations could not be compared with their jobs' ),
		} );
	}

	start(): void {
		this.#loop.wake();
	}

	stop(): Promise< void > {
		return this.#loop.stop();
	}

	async run(): Promise< void > {
		const { store, clock } = this.#deps;
		const now = clock.now();
		const holds = await store.open( now - JOB_GRACE_MS, MAX_HOLDS );
		const begunBefore = now - CALL_MS - this.#leaps.graceMs();
		for ( const hold of holds.filter( ( { kind, created_at } ) => kind === 'call' && created_at < begunBefore ) ) {
			// Its process died with it, and never told what it has cost.
			await store.settle( hold, 1, spentBy( { status: 'canceled', error_code: null, tokens_in: null, tokens_out: null, cost_micros: null }, hold ) );
			await store.release( hold, now );
		}
		const ofJobs = holds.filter( ( { kind } ) => kind === 'job' );
		for ( const tenant of new Set( ofJobs.map( ( hold ) => hold.tenant ) ) ) {
			const ofTenant = ofJobs.filter( ( hold ) => hold.tenant === tenant );
			for ( let first = 0; first < ofTenant.length; first += BATCH ) {
				await this.#compare( tenant, ofTenant.slice( first, first + BATCH ), now );
			}
		}
		if ( now >= this.#nextPurgeAt ) {
			this.#nextPurgeAt = now + PURGE_PERIOD_MS;
			await store.purge( now - RETENTION_MS );
		}
	}

	async #compare( tenant: string, holds: readonly Hold[], now: number ): Promise< void > {
		const jobs = new Map( ( await this.#deps.jobs.find( tenant, holds.map( ( { id } ) => id ) ) ).map( ( job ) => [ job.uuid, job ] ) );
		for ( const hold of holds ) {
			const job = jobs.get( hold.id );
			if ( job === undefined ? hold.created_at < now - UNKNOWN_JOB_MS : hasEnded( job ) ) {
				await this.#end( hold, job ?? null, now );
			}
		}
	}

	async #end( hold: Hold, job: StoredJob | null, now: number ): Promise< void > {
		for ( const attempt of job?.finished?.attempts ?? [] ) {
			await this.#deps.store.settle( hold, attempt.attempt, spentBy( attempt, hold ) );
		}
		await this.#deps.store.release( hold, now );
	}
}

function hasEnded( { state }: StoredJob ): boolean {
	return state === 'succeeded' || state === 'failed' || state === 'canceled';
}
