import { Queue, Worker } from 'bullmq';
import type { Logger } from '../observability/logger.ts';
import { REDIS_PREFIX, type RedisServer } from '../redis/open-redis.ts';
import type { JobTickets } from './job-tickets.ts';

const QUEUE = 'tickets';
/** A ticket whose process is silent for so long goes to another. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** A ticket may be passed on as often as its holders die; the job itself has its own bound. */
const MAX_STALLS = 1_000;

/** Tickets as jobs of BullMQ: it hands each to one process that has room, delays those of retries, and takes back those of dead processes. */
export class BullMqJobTickets implements JobTickets {
	readonly #redis: RedisServer;
	readonly #logger: Logger;
	readonly #queue: Queue;
	#worker: Worker | null = null;

	constructor( redis: RedisServer, logger: Logger ) {
		this.#redis = redis;
		this.#logger = logger;
		this.#queue = new Queue( QUEUE, {
			connection: redis.commands, prefix: REDIS_PREFIX, defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
		} );
		this.#queue.on( 'error', () => {} );
	}

	issue( count: number, delayMs: number ): void {
		if ( count === 0 ) {
			return;
		}
		this.#queue.addBulk( Array.from( { length: count }, () => ( { name: 'job', data: {}, opts: { delay: delayMs } } ) ) ).catch( ( error: unknown ) => {
			this.#logger.warn( { err: error }, 'tickets could not be issued' );
		} );
	}

	serve( use: () => Promise< void >, concurrency: number ): void {
		this.#worker ??= new Worker( QUEUE, use, {
			connection: this.#redis.connect( 'tickets' ), prefix: REDIS_PREFIX, concurrency,
			lockDuration: LOCK_MS, stalledInterval: STALLED_CHECK_MS, maxStalledCount: MAX_STALLS,
		} );
		this.#worker.on( 'error', ( error ) => this.#logger.warn( { err: error }, 'tickets are out of reach' ) );
	}

	async pause(): Promise< void > {
		await this.#worker?.pause( true );
	}

	async close(): Promise< void > {
		await this.#worker?.close( true );
		await this.#queue.close();
	}
}
