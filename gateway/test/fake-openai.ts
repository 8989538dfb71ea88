import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type ChatBody = {
	model?: string;
	stream?: boolean;
	stream_options?: { include_usage?: boolean };
	messages?: { role: string; content: unknown }[];
	[ key: string ]: unknown;
};

export type FakeRequest = {
	method: string;
	path: string;
	headers: IncomingMessage[ 'headers' ];
	/** The parsed JSON body, `{}` where there is none. */
	body: ChatBody;
	/** Resolves when the connection was closed before the answer was complete. */
	abandoned: Promise< void >;
};

export type FakeReply = {
	status?: number;
	headers?: Record< string, string >;
	/** What the model writes. */
	text?: string | null;
	refusal?: string;
	finish_reason?: string;
	/** Null leaves the usage out. */
	usage?: Record< string, unknown > | null;
	/** Sent as it is, in place of a completion: an error body, broken JSON, a web page. */
	raw?: string | object;
	/** Stops sending there until the client leaves. */
	stall?: 'before-headers' | 'after-headers' | 'mid-body';
	/** Breaks the connection there. */
	reset?: 'before-headers' | 'mid-body';
	/** Sends the body in pieces of so many bytes, which tears characters and lines apart. */
	pieceBytes?: number;
};

export type Responder = ( request: FakeRequest ) => FakeReply | Promise< FakeReply >;

export type FakeOpenAi = {
	/** The base URL as clients want it: `http://127.0.0.1:1234/v1`. */
	url: string;
	/** Every chat completion that was asked for, in order. */
	requests: FakeRequest[];
	/** Resolves when so many chat completions have been asked for. */
	requested: ( count: number ) => Promise< void >;
	/** Keeps chat completions waiting from now on. */
	hold: () => void;
	/** Answers what waits, and what comes. */
	release: () => void;
	/** How chat completions are answered from now on; null goes back to a short text. */
	respondWith: ( responder: Responder | null ) => void;
	stop: () => Promise< void >;
};

type Options = {
	/** 0, the default, takes a free one. */
	port?: number;
	/** Refuses other keys with OpenAI's own error. */
	api_key?: string;
};

/** A local server that speaks OpenAI's wire format: `/v1/chat/completions`, whole and streamed, and `/v1/models`. */
export async function startFakeOpenAi( { port = 0, api_key }: Options = {} ): Promise< FakeOpenAi > {
	const requests: FakeRequest[] = [];
	const arrivals: { count: number; resolve: () => void }[] = [];
	let gate = { opened: Promise.resolve(), open: () => {} };
	let responder: Responder | null = null;

	const server = createServer( async ( incoming, response ) => {
		const request = await readRequest( incoming, response );
		if ( api_key !== undefined && incoming.headers.authorization !== `Bearer ${ api_key }` ) {
			sendJson( response, 401, { error: { message: `Incorrect API key provided: ${ incoming.headers.authorization }.`, type: 'invalid_request_error', param: null, code: 'invalid_api_key' } } );
		} else if ( request.method === 'GET' && request.path === '/v1/models' ) {
			sendJson( response, 200, { object: 'list', data: [ { id: 'local-model', object: 'model', created: 1_700_000_000, owned_by: 'local' } ] } );
		} else if ( request.method === 'POST' && request.path === '/v1/chat/completions' ) {
			requests.push( request );
			arrivals.filter( ( { count } ) => count <= requests.length ).forEach( ( { resolve } ) => resolve() );
			await gate.opened;
			const reply = await ( responder ?? ( () => ( { text: `<p>This is text ${ requests.length } of the local model.</p>` } ) ) )( request );
			await answer( response, request, reply, requests.length );
		} else {
			sendJson( response, 404, { error: { message: `Invalid URL (${ request.method } ${ request.path })`, type: 'invalid_request_error', param: null, code: null } } );
		}
	} );
	await listen( server, port );

	return {
		url: `http://127.0.0.1:${ ( server.address() as AddressInfo ).port }/v1`,
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

async function readRequest( incoming: IncomingMessage, response: ServerResponse ): Promise< FakeRequest > {
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
	return {
		method: incoming.method ?? '',
		path: ( incoming.url ?? '' ).split( '?' )[ 0 ] ?? '',
		headers: incoming.headers,
		body: text === '' ? {} : ( JSON.parse( text ) as FakeRequest[ 'body' ] ),
		abandoned,
	};
}

async function answer( response: ServerResponse, request: FakeRequest, reply: FakeReply, number: number ): Promise< void > {
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
	const isStream = request.body.stream === true && reply.raw === undefined;
	const body = isStream ? streamBody( request, reply, number ) : wholeBody( request, reply, number );
	response.writeHead( reply.status ?? 200, {
		'content-type': isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
		'x-request-id': `req_local_${ number }`,
		...reply.headers,
	} );
	response.flushHeaders();
	if ( reply.stall === 'after-headers' ) {
		return;
	}
	const bytes = Buffer.from( body, 'utf8' );
	const isCut = reply.stall === 'mid-body' || reply.reset === 'mid-body';
	await writePieces( response, isCut ? bytes.subarray( 0, Math.floor( bytes.length / 2 ) ) : bytes, reply.pieceBytes ?? bytes.length );
	if ( reply.reset === 'mid-body' ) {
		response.socket?.resetAndDestroy();
	} else if ( ! isCut ) {
		response.end();
	}
}

async function writePieces( response: ServerResponse, bytes: Buffer, size: number ): Promise< void > {
	for ( let start = 0; start < bytes.length; start += Math.max( 1, size ) ) {
		await new Promise< void >( ( resolve ) => response.write( bytes.subarray( start, start + Math.max( 1, size ) ), () => resolve() ) );
	}
}

function wholeBody( request: FakeRequest, reply: FakeReply, number: number ): string {
	if ( reply.raw !== undefined ) {
		return typeof reply.raw === 'string' ? reply.raw : JSON.stringify( reply.raw );
	}
	return JSON.stringify( {
		id: `chatcmpl-local-${ number }`,
		object: 'chat.completion',
		created: 1_700_000_000 + number,
		model: request.body.model,
		system_fingerprint: 'fp_local',
		choices: [ {
			index: 0,
			message: { role: 'assistant', content: textOf( reply ), refusal: reply.refusal ?? null, annotations: [] },
			logprobs: null,
			finish_reason: reply.finish_reason ?? 'stop',
		} ],
		...( reply.usage === null ? {} : { usage: reply.usage ?? usageOf( request, reply ) } ),
		service_tier: 'default',
	} );
}

function streamBody( request: FakeRequest, reply: FakeReply, number: number ): string {
	const chunk = ( fields: object ) => `data: ${ JSON.stringify( {
		id: `chatcmpl-local-${ number }`, object: 'chat.completion.chunk', created: 1_700_000_000 + number, model: request.body.model, system_fingerprint: 'fp_local', ...fields,
	} ) }\n\n`;
	const choice = ( delta: object, finish_reason: string | null ) => chunk( { choices: [ { index: 0, delta, logprobs: null, finish_reason } ] } );
	const words = ( textOf( reply ) ?? '' ).match( /\s*\S+|\s+$/g ) ?? [];
	const withUsage = request.body.stream_options?.include_usage === true && reply.usage !== null;
	return [
		choice( { role: 'assistant', content: '', refusal: null }, null ),
		...words.map( ( content ) => choice( { content }, null ) ),
		...( reply.refusal === undefined ? [] : [ choice( { refusal: reply.refusal }, null ) ] ),
		choice( {}, reply.finish_reason ?? 'stop' ),
		...( withUsage ? [ chunk( { choices: [], usage: reply.usage ?? usageOf( request, reply ) } ) ] : [] ),
		'data: [DONE]\n\n',
	].join( '' );
}

function textOf( { text, refusal }: FakeReply ): string | null {
	if ( text !== undefined ) {
		return text;
	}
	return refusal === undefined ? 'Fine.' : null;
}

function usageOf( request: FakeRequest, reply: FakeReply ): object {
	const prompt_tokens = JSON.stringify( request.body.messages ?? [] ).split( /\W+/ ).length;
	const completion_tokens = ( textOf( reply ) ?? '' ).split( /\s+/ ).length;
	return {
		prompt_tokens,
		completion_tokens,
		total_tokens: prompt_tokens + completion_tokens,
		prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
		completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
	};
}

function sendJson( response: ServerResponse, status: number, body: object ): void {
	response.writeHead( status, { 'content-type': 'application/json' } ).end( JSON.stringify( body ) );
}

function listen( server: Server, port: number ): Promise< void > {
	return new Promise( ( resolve, reject ) => {
		server.once( 'error', reject );
		server.listen( port, '127.0.0.1', resolve );
	} );
}
