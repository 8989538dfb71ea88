/**
 * `node tools/run.mjs bench/streams.ts --seconds 60`: 1,000 streams held open by one process: memory of each, time from a piece to every
 * reader, readers that take nothing, and what is left when all have gone. Needs no stack.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fromRoot } from '../tools/project.ts';
import { numberOption, print, run } from './run.ts';
import type { Answer, Question } from './streams/server.ts';

const count = numberOption( 'streams', 1_000, 4_000 );
const holdMs = numberOption( 'seconds', 60, 90 ) * 1000;
/** Readers that take nothing. */
const slow = Math.min( count, 500 );
const EVENTS = 20;
const PER_JOB = 10;
const KIB = 1024;
/** What was written is kept for ten minutes, and one timer will forget it. */
const TIMER_OF_TEXTS = 1;
const MAX_STREAM_BYTES = 20 * KIB;
const MAX_STALLED_BYTES = 64 * KIB;

const child = fork( fromRoot( 'bench/streams/server.ts' ), { execArgv: [ '--expose-gc', '--import', 'tsx' ] } );
const listening = await next( 'listening' );
const { port } = new URL( listening.url );

async function next< Kind extends Answer[ 'kind' ] >( kind: Kind ): Promise< Extract< Answer, { kind: Kind } > > {
	for ( ;; ) {
		const [ message ] = await once( child, 'message' ) as [ Answer ];
		if ( message.kind === kind ) {
			return message as Extract< Answer, { kind: Kind } >;
		}
	}
}

async function ask< Kind extends Answer[ 'kind' ] >( question: Question, kind: Kind ) {
	const answer = next( kind );
	child.send( question );
	return answer;
}

type Reader = { socket: Socket; received: number; arrivedAt: number };

async function openStream( uuid: string, ticket: string ): Promise< Reader > {
	const socket = connect( Number( port ), '127.0.0.1' );
	socket.on( 'error', () => {} );
	const reader = { socket, received: 0, arrivedAt: 0 };
	const opened = new Promise< void >( ( resolve ) => socket.on( 'data', ( data ) => {
		const text = data.toString();
		if ( text.includes( 'event: token' ) ) {
			resolve();
		}
		const pieces = text.split( 'event: text' ).length - 1;
		if ( pieces > 0 ) {
			reader.received += pieces;
			reader.arrivedAt = performance.timeOrigin + performance.now();
		}
	} ) );
	socket.write( `GET /v1/jobs/${ uuid }/events HTTP/1.1\r\nHost: gateway\r\nOrigin: ${ listening.origin }\r\nAuthorization: Bearer ${ ticket }\r\n\r\n` );
	await opened;
	return reader;
}

const jobs = Array.from( { length: Math.ceil( count / PER_JOB ) }, () => randomUUID() );
const uuids = Array.from( { length: count }, ( _, index ) => jobs[ Math.floor( index / PER_JOB ) ]! );

async function openAll(): Promise< Reader[] > {
	const readers: Reader[] = [];
	for ( let from = 0; from < count; from += 100 ) {
		const some = uuids.slice( from, from + 100 );
		const { tickets } = await ask( { ask: 'tickets', jobs: some }, 'tickets' );
		readers.push( ...await Promise.all( some.map( ( uuid, index ) => openStream( uuid, tickets[ index ]! ) ) ) );
	}
	return readers;
}

async function closeAll( readers: Reader[] ): Promise< void > {
	for ( const { socket } of readers ) {
		socket.destroy();
	}
	for ( let waited = 0; waited < 50 && ( await memory() ).open > 0; waited++ ) {
		await wait( 100 );
	}
}

const memory = () => ask( { ask: 'memory' }, 'memory' );
const publish = ( attempt: number, seq: number, text: string ) => ask( { ask: 'publish', jobs, attempt, seq, text }, 'published' );

await run( hold );

async function hold(): Promise< string[] > {
	// The first thousand warm up what the process keeps for good.
	await closeAll( await openAll() );
	const before = await memory();
	const readers = await openAll();
	const held = await memory();
	await wait( holdMs );
	const afterHold = await memory();

	const times: number[] = [];
	const last: number[] = [];
	await publish( 1, 0, '' );
	for ( let seq = 1; seq <= EVENTS; seq++ ) {
		const { at: toldAt } = await publish( 1, seq, `Piece ${ seq } of a text that somebody reads. ` );
		while ( readers.some( ( { received } ) => received < seq ) ) {
			await wait( 1 );
		}
		const delays = readers.map( ( { arrivedAt } ) => arrivedAt - toldAt );
		times.push( ...delays );
		last.push( Math.max( ...delays ) );
		await wait( 100 );
	}
	times.sort( ( a, b ) => a - b );
	last.sort( ( a, b ) => a - b );

	// Readers that take nothing while 200 kB are written for each of them; everybody takes as much before, for what the process needs to write it.
	const write = async ( from: number ) => {
		for ( let seq = 1; seq <= 100; seq++ ) {
			await publish( 1, from + seq, 'x'.repeat( 2_000 ) );
		}
	};
	await write( EVENTS );
	while ( readers.some( ( { received } ) => received < EVENTS + 100 ) ) {
		await wait( 10 );
	}
	const taken = await memory();
	for ( const { socket } of readers.slice( 0, slow ) ) {
		socket.pause();
	}
	await write( EVENTS + 100 );
	const stalled = await memory();

	const leftAt = performance.now();
	await closeAll( readers );
	const closedMs = performance.now() - leftAt;
	const after = await memory();
	child.disconnect();

	print( `${ held.open } streams of ${ jobs.length } jobs, held for ${ holdMs / 1000 } s` );
	print( `  memory of a stream: ${ kib( ( held.rss - before.rss ) / count ) } resident, ${ kib( ( held.heap - before.heap ) / count ) } of heap` );
	print( `  processor while held: ${ ( 100 * ( afterHold.cpu_ms - held.cpu_ms ) / holdMs ).toFixed( 2 ) } % of one` );
	print( `  from a piece to a reader: median ${ at( times, 0.5 ) }, p99 ${ at( times, 0.99 ) }; to all of them: median ${ at( last, 0.5 ) }, worst ${ at( last, 1 ) }` );
	print( `  ${ slow } readers that take nothing of 200 kB: ${ kib( ( stalled.rss - taken.rss ) / slow ) } more resident each` );
	print( `  when all have gone, after ${ closedMs.toFixed( 0 ) } ms: ${ after.handles - before.handles } handles, ${ kib( after.heap - before.heap ) } of heap more, 100 texts included` );
	return [
		...( held.open === count ? [] : [ `${ held.open } of ${ count } streams were open` ] ),
		...( after.open === 0 && after.handles <= before.handles + TIMER_OF_TEXTS ? [] : [ `${ after.open } streams and ${ after.handles - before.handles } handles are left` ] ),
		...( ( held.heap - before.heap ) / count < MAX_STREAM_BYTES ? [] : [ 'a stream takes more memory than it may' ] ),
		...( ( stalled.rss - taken.rss ) / slow < MAX_STALLED_BYTES ? [] : [ 'a reader that takes nothing holds more than a buffer or two' ] ),
	];
}

function kib( bytes: number ): string {
	return `${ ( bytes / KIB ).toFixed( 1 ) } KiB`;
}

function at( sorted: readonly number[], share: number ): string {
	return `${ ( sorted[ Math.min( sorted.length - 1, Math.floor( sorted.length * share ) ) ] ?? Number.NaN ).toFixed( 1 ) } ms`;
}
