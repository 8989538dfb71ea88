import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, createJob, jobIn, readJob } from '../load/browser.ts';
import { SLOW_MODEL } from '../stack/gateway.ts';

/** A browser tries the same click again for this long. */
const CREATE_TIMEOUT_MS = 30_000;
const RETRY_MS = 500;
const POLL_MS = 3_000;
const FINAL = new Set( [ 'succeeded', 'failed', 'canceled' ] );

export type Click = { name: string; key: string; uuid: string | null; repeats: number; etag: string | undefined; hasEnded: boolean };

/** Editors who click Generate at an even pace, click again when nothing comes back, and poll what they have asked for. */
export class Editors {
	readonly clicks: Click[];
	readonly #browsers: readonly Browser[];
	readonly #started = Date.now();
	#isGone = false;

	constructor( browsers: readonly Browser[], count: number ) {
		this.#browsers = browsers;
		const series = randomUUID();
		this.clicks = Array.from( { length: count }, ( _, index ) => ( {
			name: `Faulted ${ series } #${ index }`, key: randomUUID(), uuid: null, repeats: 0, etag: undefined, hasEnded: false,
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
			const answer = await browser.send( createJob( click.name, SLOW_MODEL, click.key ) ).catch( () => null );
			if ( answer !== null && ( answer.status === 201 || answer.status === 200 ) ) {
				click.uuid = jobIn( answer ).uuid;
				return;
			}
			click.repeats++;
			await wait( RETRY_MS );
		}
	}

	async #read( browser: Browser, click: Click, uuid: string ): Promise< void > {
		const answer = await browser.send( readJob( uuid, click.etag ) ).catch( () => null );
		if ( answer?.status === 200 ) {
			click.etag = String( answer.headers.etag );
			click.hasEnded = FINAL.has( jobIn( answer ).status );
		}
	}
}
