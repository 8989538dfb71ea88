import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from '@draftkeeper/contract';
import { type Browser, type Call, createJob, jobIn, readJob } from '../load/browser.ts';
import { SLOW_MODEL } from '../stack/gateway.ts';

/** A browser tries the same click again for this long. */
const CREATE_TIMEOUT_MS = 30_000;
const RETRY_MS = 500;
const POLL_MS = 3_000;
const FINAL = new Set( [ 'succeeded', 'failed', 'canceled' ] );

export type Click = { name: string; key: string; uuid: string | null; repeats: number; etag: string | undefined; hasEnded: boolean };

/** The beginning of names that no other run uses: a number follows. */
export const newSeries = (): string => `Faulted ${ randomUUID() } #`;

/** Editors who click Generate at an even pace, click again when nothing comes back, and poll what they have asked for. */
export class Editors {
	readonly clicks: Click[];
	readonly #browsers: readonly Browser[];
	readonly #started = Date.now();
	#isGone = false;

	constructor( browsers: readonly Browser[], count: number ) {
		this.#browsers = browsers;
		const series = newSeries();
		this.clicks = Array.from( { length: count }, ( _, index ) => ( {
			name: `${ series }${ index }`, key: randomUUID(), uuid: null, repeats: 0, etag: undefined, hasEnded: false,
		} ) );
	}

	get open(): number {
		return this.clicks.filter( ( { hasEnded } ) => ! hasEnded ).length;
	}

	/** Spreads the clicks over the time, whatever becomes of them. */
	async click( overMs: number ): Promise< void > {
		await Promise.all( this.#browsers.map( async ( browser, lane ) => {
			for ( const [ index, click ] of this.clicks.entries() ) {
				if ( index % this.#browsers.length === lane ) {
					const due = this.#started + overMs * index / this.clicks.length;
					await wait( Math.max( 0, due - Date.now() ) );
					await this.#create( browser, click );
				}
			}
		} ) );
	}

	/** Reads every open job again and again, until all have ended or the editors leave. */
	async poll(): Promise< void > {
		await Promise.all( this.#browsers.map( async ( browser, lane ) => {
			while ( ! this.#isGone && this.open > 0 ) {
				for ( const [ index, click ] of this.clicks.entries() ) {
					if ( index % this.#browsers.length === lane && click.uuid !== null && ! click.hasEnded && ! this.#isGone ) {
						await this.#read( browser, click, click.uuid );
					}
				}
				await wait( POLL_MS );
			}
		} ) );
	}

	leave(): void {
		this.#isGone = true;
	}

	async #create( browser: Browser, click: Click ): Promise< void > {
		const deadline = Date.now() + CREATE_TIMEOUT_MS;
		while ( Date.now() < deadline && ! this.#isGone ) {
			const job = await this.#ask( browser, createJob( click.name, SLOW_MODEL, click.key ) );
			if ( job !== null ) {
				click.uuid = job.uuid;
				return;
			}
			click.repeats++;
			await wait( RETRY_MS );
		}
	}

	async #read( browser: Browser, click: Click, uuid: string ): Promise< void > {
		const job = await this.#ask( browser, readJob( uuid, click.etag ) );
		if ( job !== null ) {
			click.etag = `"${ job.uuid }-${ job.version }"`;
			click.hasEnded = FINAL.has( job.status );
		}
	}

	/** The job in the answer; null where there is none. A server that dies may leave a status without a body. */
	async #ask( browser: Browser, call: Call ): Promise< Job | null > {
		try {
			return jobIn( await browser.send( call ) );
		} catch {
			return null;
		}
	}
}
