import { startFakeProvider, tokensOf, type FakeProvider, type FakeRequest, type Refusal, type WireReply } from './fake-provider.ts';

type MessagesBody = {
	model?: string;
	max_tokens?: number;
	stream?: boolean;
	system?: unknown;
	messages?: { role: string; content: unknown }[];
	tools?: { name: string }[];
	tool_choice?: { type: string; name?: string };
	[ key: string ]: unknown;
};

export type AnthropicReply = WireReply & {
	text?: string;
	tool_use?: { id: string; name: string; input: object }[];
	/** Null leaves out how it ended and all after it, as when a stream is cut off. */
	stop_reason?: string | null;
	/** Null leaves the usage out. */
	usage?: Record< string, unknown > | null;
	/** Comes in a stream after half of the text, and ends it. */
	streamError?: object | string;
};

export type FakeAnthropic = FakeProvider< MessagesBody, AnthropicReply >;

/** Speaks Anthropic's wire format: `/v1/messages`, whole and streamed. */
export function startFakeAnthropic( api_key: string ): Promise< FakeAnthropic > {
	return startFakeProvider< MessagesBody, AnthropicReply >( {
		root: '/v1',
		refuse: ( request ) => refuse( request, api_key ),
		render: ( request, reply, number ) => ( request.body.stream === true
			? { body: streamBody( request, reply, number ), isStream: true }
			: { body: JSON.stringify( message( request, reply, number ) ), isStream: false } ),
		defaultReply: () => ( {} ),
	} );
}

export const anthropicError = ( type: string, words: string ) => ( { type: 'error', error: { type, message: words }, request_id: 'req_local' } );

function refuse( { method, path, headers, body }: FakeRequest< MessagesBody >, api_key: string ): Refusal | null {
	if ( headers[ 'x-api-key' ] !== api_key ) {
		return { status: 401, body: anthropicError( 'authentication_error', `invalid x-api-key ${ String( headers[ 'x-api-key' ] ) }` ) };
	}
	if ( method !== 'POST' || path !== '/v1/messages' ) {
		return { status: 404, body: anthropicError( 'not_found_error', 'Not found' ) };
	}
	if ( headers[ 'anthropic-version' ] !== '2023-06-01' || typeof body.max_tokens !== 'number' ) {
		return { status: 400, body: anthropicError( 'invalid_request_error', 'max_tokens: Field required' ) };
	}
	return null;
}

type Block = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: object };

function blocksOf( { body }: FakeRequest< MessagesBody >, { text, tool_use }: AnthropicReply ): Block[] {
	// A model that is asked for structure through a tool answers through it.
	const forced = body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool' ? body.tools?.find( ( { name } ) => name === 'json' ) : undefined;
	if ( forced !== undefined && text !== undefined ) {
		return [ { type: 'tool_use', id: 'toolu_json', name: 'json', input: JSON.parse( text ) as object } ];
	}
	const tools = ( tool_use ?? [] ).map( ( use ): Block => ( { type: 'tool_use', ...use } ) );
	return text === undefined && tools.length > 0 ? tools : [ { type: 'text', text: text ?? 'Fine.' }, ...tools ];
}

function stopReasonOf( request: FakeRequest< MessagesBody >, reply: AnthropicReply ): string | null {
	if ( reply.stop_reason !== undefined ) {
		return reply.stop_reason;
	}
	return blocksOf( request, reply ).some( ( { type } ) => type === 'tool_use' ) ? 'tool_use' : 'end_turn';
}

function usageOf( request: FakeRequest< MessagesBody >, reply: AnthropicReply ): Record< string, unknown > {
	return reply.usage ?? {
		input_tokens: JSON.stringify( request.body.messages ?? [] ).split( /\W+/ ).length,
		cache_creation_input_tokens: 0,
		cache_read_input_tokens: 0,
		cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
		output_tokens: ( reply.text ?? 'Fine.' ).split( /\s+/ ).length,
		service_tier: 'standard',
	};
}

function message( request: FakeRequest< MessagesBody >, reply: AnthropicReply, number: number ): object {
	return {
		model: request.body.model,
		id: `msg_local_${ number }`,
		type: 'message',
		role: 'assistant',
		content: blocksOf( request, reply ),
		stop_reason: stopReasonOf( request, reply ),
		stop_sequence: null,
		...( reply.usage === null ? {} : { usage: usageOf( request, reply ) } ),
	};
}

function streamBody( request: FakeRequest< MessagesBody >, reply: AnthropicReply, number: number ): string {
	const event = ( data: { type: string; [ key: string ]: unknown } ) => `event: ${ data.type }\ndata: ${ JSON.stringify( data ) }\n\n`;
	const usage = usageOf( request, reply );
	const told = ( counts: object ) => ( reply.usage === null ? {} : { usage: counts } );
	const start = event( {
		type: 'message_start',
		message: { ...message( request, reply, number ), content: [], stop_reason: null, ...told( { ...usage, output_tokens: 1 } ) },
	} );
	const blocks = blocksOf( request, reply ).flatMap( ( block, index ) => [
		event( { type: 'content_block_start', index, content_block: block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} } } ),
		...( index === 0 ? [ event( { type: 'ping' } ) ] : [] ),
		...deltasOf( block ).map( ( delta ) => event( { type: 'content_block_delta', index, delta } ) ),
		event( { type: 'content_block_stop', index } ),
	] );
	if ( reply.streamError !== undefined ) {
		const error = typeof reply.streamError === 'string' ? reply.streamError : JSON.stringify( reply.streamError );
		return [ start, ...blocks.slice( 0, Math.ceil( blocks.length / 2 ) ), `event: error\ndata: ${ error }\n\n` ].join( '' );
	}
	const stop_reason = stopReasonOf( request, reply );
	return [
		start,
		...blocks,
		...( stop_reason === null ? [] : [
			event( { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, ...told( { output_tokens: usage[ 'output_tokens' ] } ) } ),
			event( { type: 'message_stop' } ),
		] ),
	].join( '' );
}

function deltasOf( block: Block ): object[] {
	return block.type === 'text'
		? tokensOf( block.text ).map( ( text ) => ( { type: 'text_delta', text } ) )
		: ( JSON.stringify( block.input ).match( /.{1,7}/gs ) ?? [] ).map( ( partial_json ) => ( { type: 'input_json_delta', partial_json } ) );
}
