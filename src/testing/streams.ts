import { http, HttpResponse } from 'msw';
import { UUID } from './jobs';
import { API, server } from './server';

export const GATEWAY = 'https://gateway.example';
export const EVENTS = `${ GATEWAY }/v1/jobs/${ UUID }/events`;

export interface OpenedStream {
	credential: string | null;
	lastEventId: string | null;
	send: ( event: string, data: object, id?: string ) => void;
	comment: () => void;
	/** The server ends it. */
	end: () => void;
	/** The connection breaks. */
	breakOff: () => void;
	isLeft: () => boolean;
}

/** A gateway whose streams say what the test says, and a WordPress that gives tickets for them. */
export function fakeStreams() {
	const opened: OpenedStream[] = [];
	const asked: string[] = [];
	const told: object[] = [];
	server.use(
		http.get( EVENTS, ( { request } ) => {
			const encoder = new TextEncoder();
			const body = new ReadableStream< Uint8Array >( {
				start( controller ) {
					const write = ( text: string ) => controller.enqueue( encoder.encode( text ) );
					opened.push( {
						credential: request.headers.get( 'Authorization' )?.replace( 'Bearer ', '' ) ?? null,
						lastEventId: request.headers.get( 'Last-Event-ID' ),
						send: ( event, data, id ) => write( `${ id ? `id: ${ id }\n` : '' }event: ${ event }\ndata: ${ JSON.stringify( data ) }\n\n` ),
						comment: () => write( ': still here\n\n' ),
						end: () => controller.close(),
						breakOff: () => controller.error( new Error( 'reset' ) ),
						isLeft: () => request.signal.aborted,
					} );
				},
			} );
			return new HttpResponse( body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } } );
		} ),
		http.get( EVENTS.replace( 'events', 'status' ), ( { request } ) => {
			asked.push( request.headers.get( 'Authorization' ) ?? '' );
			return HttpResponse.json( { state: 'running' } );
		} ),
		http.post( `${ API }/jobs/:uuid/ticket`, async ( { request } ) => {
			told.push( await request.json() as object );
			return HttpResponse.json( ticketFor( `new-${ told.length }` ), { status: 201 } );
		} )
	);
	return { opened, asked, told, tickets: () => told.length };
}

export const ticketFor = ( ticket: string ) => ( { url: EVENTS, ticket, expires_at: '2026-02-28T09:31:00Z' } );
