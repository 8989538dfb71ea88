import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../tools/site/ports.ts';
import { Browser } from '../load/browser.ts';
import { newestJobId, statusesAfter } from '../load/jobs.ts';
import { print } from '../run.ts';
import type { Stack } from '../stack/stack.ts';
import { table } from '../table.ts';
import { type Courier, startCourier } from './courier.ts';
import { Cron } from './cron.ts';
import type { Click } from './editors.ts';
import { gatewayJobs, reservations, siteJobs } from './evidence.ts';
import { check } from './invariants.ts';
import { Link } from './link.ts';
import { startWriter, type Writer } from './writer.ts';

const BROWSERS = 8;
const STEP_MS = 500;
const MS = 1000;

/** What stands around a stack that is maltreated: browsers, a provider, a cron, a courier, and a wire in each direction. */
export class Scene {
	readonly started = Date.now();
	readonly stack: Stack;
	readonly browsers: readonly Browser[];
	readonly courier: Courier;
	cron: Cron;
	/** From WordPress to the gateway, and from the gateway to WordPress. */
	readonly wires: { toGateway: Link; toWordPress: Link };
	readonly #writer: Writer;
	readonly #before: number;

	private constructor( stack: Stack, parts: { browsers: Browser[]; courier: Courier; writer: Writer; wires: Scene[ 'wires' ]; before: number } ) {
		this.stack = stack;
		this.browsers = parts.browsers;
		this.courier = parts.courier;
		this.wires = parts.wires;
		this.#writer = parts.writer;
		this.#before = parts.before;
		this.cron = new Cron( stack );
	}

	/** `callMs` is what a provider call takes, `delayMs` the longest that a webhook is on its way. */
	static async open( stack: Stack, callMs: number, delayMs?: number ): Promise< Scene > {
		const session = await stack.openSession();
		const before = await newestJobId( stack );
		const writer = await startWriter( stack.state.ports.provider, callMs );
		const courier = await startCourier( stack.state.wpUrl, delayMs );
		const inner = await freePort( 'the gateway behind its wire', {} );
		await stack.listenAt( inner );
		const wires = { toGateway: await Link.open( stack.state.ports.gateway, inner ), toWordPress: await Link.open( 0, courier.port ) };
		await stack.deliverThrough( wires.toWordPress.url );
		const browsers = Array.from( { length: BROWSERS }, () => new Browser( stack.state.wpUrl, session ) );
		return new Scene( stack, { browsers, courier, writer, wires, before } );
	}

	resumeCron(): void {
		this.cron = new Cron( this.stack );
	}

	/** The seconds until no job was under way, or null when time ran out. */
	async untilSettled( limitMs: number ): Promise< number | null > {
		while ( Date.now() - this.started < limitMs ) {
			const { pending = 0, running = 0 } = await statusesAfter( this.stack, this.#before );
			if ( pending + running === 0 ) {
				return ( Date.now() - this.started ) / MS;
			}
			await wait( STEP_MS );
		}
		return null;
	}

	/** Prints what there is and what was broken; returns that. */
	async judge( clicks: readonly Click[], settledAtS: number | null ): Promise< string[] > {
		const site = await siteJobs( this.stack, this.#before );
		const theirs = gatewayJobs( this.stack );
		const calls = this.#writer.calls();
		const sum = ( values: readonly number[] ): number => values.reduce( ( all, value ) => all + value, 0 );
		print( `\n${ table( [ 'what', 'count' ], [
			[ 'jobs asked for', String( clicks.length ) ],
			[ 'clicks tried again', String( clicks.filter( ( { repeats } ) => repeats > 0 ).length ) ],
			...Object.entries( await statusesAfter( this.stack, this.#before ) ).map( ( [ status, value ] ): [ string, string ] => [ `jobs ${ status }`, String( value ) ] ),
			[ 'provider calls', String( sum( site.map( ( { name } ) => calls.get( name ) ?? 0 ) ) ) ],
			[ 'attempts in the books', String( sum( site.map( ( { attempts } ) => attempts ) ) ) ],
			[ 'maybe billed twice', String( sum( site.map( ( { billed_twice } ) => billed_twice ) ) ) ],
			[ 'sweeps', `${ this.cron.runs } (${ this.cron.failures } met a dead server)` ],
			[ 'webhooks brought', String( this.courier.brought() ) ],
			...Object.entries( this.courier.answers() ).sort().map( ( [ answer, count ] ): [ string, string ] => [ `webhooks answered ${ answer }`, String( count ) ] ),
			[ 'deliveries tried', String( sum( site.map( ( { uuid } ) => theirs.get( uuid )?.tries ?? 0 ) ) ) ],
			[ 'seconds until all had ended', settledAtS === null ? 'never' : settledAtS.toFixed( 1 ) ],
		] ) }` );
		const results = check( { clicks, site, gateway: theirs, calls, reservations: await reservations( this.stack ) } );
		print( `\n${ table( [ 'invariant', 'broken' ], results.map( ( { name, count: breaches } ) => [ name, String( breaches ) ] ) ) }` );
		return results.flatMap( ( { name, cases } ) => cases.map( ( line ) => `${ name }: ${ line }` ) );
	}

	/** Puts everything back as it was. */
	async close(): Promise< void > {
		Object.values( this.wires ).forEach( ( wire ) => wire.mend() );
		await this.cron.stop();
		for ( const service of this.stack.all() ) {
			service.thaw();
			await service.start();
		}
		await this.stack.listenAt( null );
		await Promise.all( Object.values( this.wires ).map( ( wire ) => wire.close() ) );
		await this.stack.deliverThrough( null );
		await this.courier.stop();
		await Promise.all( this.browsers.map( ( browser ) => browser.close() ) );
		await this.#writer.stop();
	}
}
