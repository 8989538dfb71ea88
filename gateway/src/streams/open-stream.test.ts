import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { textOf } from '../../test/event-reader.ts';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { createLogger } from '../observability/logger.ts';
import { silentMeter } from '../observability/meter.ts';
import { MemoryStreamStore } from './memory-stream-store.ts';
import { OpenStreams } from './open-streams.ts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

const BUFFER_BYTES = 16_384;
const job = { tenant: 'shop:1', uuid: '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77' };

/** A response whose reader takes something only when it is told to. */
class SlowResponse extends Writable {
	readonly #held: ( () => void )[] = [];
	readonly #events: EventSourceMessage[] = [];
	readonly #parser = createParser( { onEvent: ( event ) => void this.#events.push( event ) } );
	/** The most that ever waited for the reader. */
	longest = 0;

	constructor() {
		super( { highWaterMark: BUFFER_BYTES, decodeStrings: false, defaultEncoding: 'utf8' } );
	}

	writeHead(): void {}

	override _write( chunk: string, _encoding: BufferEncoding, done: () => void ): void {
		this.longest = Math.max( this.longest, this.writableLength );
		this.#held.push( () => {
			this.#parser.feed( chunk );
			done();
		} );
	}

	async take(): Promise< void > {
		for ( let next = this.#held.shift(); next !== undefined; next = this.#held.shift() ) {
			this.longest = Math.max( this.longest, this.writableLength );
			next();
			await settled();
		}
	}

	get text(): string {
		return textOf( this.#events );
	}
}

let clock: ManualClock;
let streams: MemoryStreamStore;
let openStreams: OpenStreams;
let response: SlowResponse;
let ended: string[];

beforeEach( async () => {
	clock = new ManualClock();
	streams = new MemoryStreamStore( clock );
	ended = [];
	const meter = { ...silentMeter, streamOpened: () => void ended.push( 'open' ), streamEnded: ( why: string ) => void ended.push( why ) };
	openStreams = new OpenStreams( { streams, store: { find: async () => [] }, clock, logger: createLogger( 'silent' ), meter } );
	response = new SlowResponse();
	streams.publish( job, { attempt: 1, seq: 0, text: '' } );
	openStreams.serve( {
		response: response as unknown as ServerResponse,
		headers: {},
		requestId: 'r',
		grant: { job, origin: 'https://shop.test', expires_at: clock.now() + 300_000 },
		token: 't',
		position: null,
	} );
	await settled();
} );

async function writeMuch(): Promise< string > {
	let written = '';
	for ( let seq = 1; seq <= 400; seq++ ) {
		const text = `${ seq }. ${ 'x'.repeat( 500 ) }\n`;
		written += text;
		streams.publish( job, { attempt: 1, seq, text } );
		await settled();
	}
	return written;
}

it( 'keeps no more for a slow reader than one buffer, and loses nothing', async () => {
	const written = await writeMuch();
	expect( response.longest ).toBeLessThan( 2 * BUFFER_BYTES );
	await response.take();
	expect( response.text ).toBe( written );
	expect( response.longest ).toBeLessThan( 2 * BUFFER_BYTES );
	expect( openStreams.size ).toBe( 1 );
} );

it( 'sends a reader away who takes nothing for half a minute', async () => {
	await writeMuch();
	await clock.advance( 15_000 );
	expect( openStreams.size ).toBe( 1 );
	await clock.advance( 30_000 );
	expect( [ openStreams.size, response.destroyed ] ).toEqual( [ 0, true ] );
	expect( ended ).toEqual( [ 'open', 'slow' ] );
} );

it( 'counts by why a stream is over', async () => {
	openStreams.close();
	await response.take();
	expect( ended ).toEqual( [ 'open', 'paused' ] );
} );

it( 'tells a reader who has gone from one who was sent away', async () => {
	response.destroy();
	await settled();
	expect( ended ).toEqual( [ 'open', 'left' ] );
} );

it( 'takes no stream for a reader who has gone meanwhile', async () => {
	const gone = new SlowResponse();
	gone.destroy();
	await settled();
	openStreams.serve( {
		response: gone as unknown as ServerResponse, headers: {}, requestId: 'r', token: 't', position: null,
		grant: { job, origin: 'https://shop.test', expires_at: clock.now() + 300_000 },
	} );
	expect( openStreams.size ).toBe( 1 );
} );
