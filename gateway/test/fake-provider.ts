import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeRequest< Body > = {
	method: string;
	path: string;
	query: string;
	headers: IncomingMessage[ 'headers' ];
	/** The parsed JSON body, `{}` where there is none. */
	body: Body;
	/** Resolves when the connection was closed before the answer was complete. */
	abandoned: Promise< void >;
};

/** What every provider's answer can suffer on its way. */
export type WireReply = {
	status?: number;
	headers?: Record< string, string >;
	/** Sent as it is, in place of an answer: an error body, broken JSON, a web page. */
	raw?: string | object;
	/** Stops sending there until the client leaves. */
	stall?: 'before-headers' | 'after-headers' | 'mid-body';
	/** Breaks the connection there. */
	reset?: 'before-headers' | 'mid-body';
	/** Sends the body in pieces of so many bytes, which tears characters and lines apart. */
	pieceBytes?: number;
	/** Waited for between two of these pieces, and before the connection breaks in the middle. */
	between?: () => Promise< void >;
};

export type FakeProvider< Body, Reply > = {
	/** The base URL as clients want it: `http://127.0.0.1:1234/v1`. */
	url: string;
	/** Every call that was asked for, in order. */
	requests: FakeRequest< Body >[];
	/** Resolves when so many calls have been asked for. */
	requested: ( count: number ) => Promise< void >;
	/** Keeps calls waiting from now on. */
	hold: () => void;
	/** Answers what waits, and what comes. */
	release: () => void;
	/** How calls are answered from now on; null goes back to a short text. */
	respondWith: ( responder: ( ( request: FakeRequest< Body > ) => Reply | Promise< Reply > ) | null ) => void;
	stop: () => Promise< void >;
};

export type Refusal = { status: number; body: object };
export type Rendered = { body: string; isStream: boolean };

type Dialect< Body, Reply > = {
	/** Path of the base URL. */
	root: string;
	/** The provider's own answer to a wrong key or address; null for a call to the model. */
	refuse: ( request: FakeRequest< Body > ) => Refusal | null;
	render: ( request: FakeRequest< Body >, reply: Reply, number: number ) => Rendered;
	defaultReply: ( number: number ) => Reply;
};

/** A local server that speaks a provider's wire format, and can suffer whatever happens on the way. */
export async function startFakeProvider< Body, Reply extends WireReply >( dialect: Dialect< Body, Reply >, port = 0 ): Promise< FakeProvider< Body, Reply > > {
	const requests: FakeRequest< Body >[] = [];
	const arrivals: { count: number; resolve: () => void }[] = [];
	let gate = { opened: Promise.resolve(), open: () => {} };
	let responder: ( ( request: FakeRequest< Body > ) => Reply | Promise< Reply > ) | null = null;

	const server = createServer( async ( incoming, response ) => {
		const request = await readRequest< Body >( incoming, response );
		const refusal = dialect.refuse( request );
		if ( refusal !== null ) {
			response.writeHead( refusal.status, { 'content-type': 'application/json' } ).end( JSON.stringify( refusal.body ) );
			return;
		}
		requests.push( request );
		const number = requests.length;
		arrivals.filter( ( { count } ) => count <= number ).forEach( ( { resolve } ) => resolve() );
		await gate.opened;
		const reply = responder === null ? dialect.defaultReply( number ) : await responder( request );
		const rendered = reply.raw === undefined ? dialect.render( request, reply, number ) : null;
		await answer( response, reply, rendered, number );
	} );
	await listen( server, port );

	return {
		url: `http://127.0.0.1:${ ( server.address() as AddressInfo ).port }${ dialect.root }`,
		requests,
		requested: ( count ) => new Promise( ( resolve ) => {
			arrivals.push( { count, resolve } );
			if ( requests.length >= count ) {
				resolve();
			}
		} ),
		hold() {
			gate.open();
			let open = () => {};
			gate = { opened: new Promise< void >( ( resolve ) => ( open = resolve ) ), open: () => open() };
		},
		release: () => gate.open(),
		respondWith( next ) {
			responder = next;
		},
		stop: () => new Promise( ( resolve ) => {
			gate.open();
			server.close( () => resolve() );
			server.closeAllConnections();
		} ),
	};
}

async function readRequest< Body >( incoming: IncomingMessage, response: ServerResponse ): Promise< FakeRequest< Body > > {
	const abandoned = new Promise< void >( ( resolve ) => {
		response.on( 'close', () => {
			if ( ! response.writableFinished ) {
				resolve();
			}
		} );
	} );
	const chunks: Buffer[] = [];
	for await ( const chunk of incoming ) {
		chunks.push( chunk as Buffer );
	}
	const text = Buffer.concat( chunks ).toString( 'utf8' );
	const [ path = '', query = '' ] = ( incoming.url ?? '' ).split( '?' );
	return { method: incoming.method ?? '', path, query, headers: incoming.headers, body: ( text === '' ? {} : JSON.parse( text ) ) as Body, abandoned };
}

async function answer( response: ServerResponse, reply: WireReply, rendered: Rendered | null, number: number ): Promise< void > {
	if ( response.destroyed ) {
		return;
	}
	if ( reply.reset === 'before-headers' ) {
		response.socket?.resetAndDestroy();
		return;
	}
	if ( reply.stall === 'before-headers' ) {
		return;
	}
	const raw = typeof reply.raw === 'string' ? reply.raw : JSON.stringify( reply.raw );
	response.writeHead( reply.status ?? 200, {
		'content-type': rendered?.isStream === true ? 'text/event-stream; charset=utf-8' : 'application/json',
		'x-request-id': `req_local_${ number }`,
		...reply.headers,
	} );
	response.flushHeaders();
	if ( reply.stall === 'after-headers' ) {
		return;
	}
	const bytes = Buffer.from( rendered?.body ?? raw, 'utf8' );
	const isCut = reply.stall === 'mid-body' || reply.reset === 'mid-body';
	await writePieces( response, isCut ? bytes.subarray( 0, Math.floor( bytes.length / 2 ) ) : bytes, reply );
	if ( reply.reset === 'mid-body' ) {
		await reply.between?.();
		response.socket?.resetAndDestroy();
	} else if ( ! isCut ) {
		response.end();
	}
}

async function writePieces( response: ServerResponse, bytes: Buffer, { pieceBytes = bytes.length, between }: WireReply ): Promise< void > {
	const size = Math.max( 1, pieceBytes );
	for ( let start = 0; start < bytes.length; start += size ) {
		await ( start > 0 ? between?.() : undefined );
		await new Promise< void >( ( resolve ) => response.write( bytes.subarray( start, start + size ), () => resolve() ) );
	}
}

function listen( server: Server, port: number ): Promise< void > {
	return new Promise( ( resolve, reject ) => {
		server.once( 'error', reject );
		server.listen( port, '127.0.0.1', resolve );
	} );
}

/** Cuts a text where a model's tokens may end. */
export function tokensOf( text: string ): string[] {
	return text.match( /\s*\S+|\s+$/g ) ?? [];
}

/** A vector that is the same for the same text. */
export function vectorOf( text: string, length: number ): number[] {
	return Array.from( { length }, ( _, index ) => Math.round( Math.sin( text.length + index ) * 1e6 ) / 1e6 );
}
