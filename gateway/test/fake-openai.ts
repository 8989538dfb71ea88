import { startFakeProvider, tokensOf, vectorOf, type FakeProvider, type FakeRequest as AnyRequest, type Refusal, type WireReply } from './fake-provider.ts';

export type ChatBody = {
	model?: string;
	stream?: boolean;
	stream_options?: { include_usage?: boolean };
	messages?: { role: string; content: unknown }[];
	input?: string | string[];
	dimensions?: number;
	encoding_format?: string;
	[ key: string ]: unknown;
};

export type FakeRequest = AnyRequest< ChatBody >;

export type FakeReply = WireReply & {
	/** What the model writes. */
	text?: string | null;
	refusal?: string;
	tool_calls?: { id: string; name: string; arguments: string }[];
	/** Null leaves it out, as when a stream is cut off. */
	finish_reason?: string | null;
	/** Null leaves the usage out. */
	usage?: Record< string, unknown > | null;
	/** False ends the stream without `[DONE]`. */
	done?: boolean;
	/** Comes in a stream after half of the text, and ends it. */
	streamError?: object | string;
};

export type Responder = ( request: FakeRequest ) => FakeReply | Promise< FakeReply >;
export type FakeOpenAi = FakeProvider< ChatBody, FakeReply >;

type Options = {
	/** 0, the default, takes a free one. */
	port?: number;
	/** Refuses other keys with OpenAI's own error. */
	api_key?: string;
};

/** Speaks OpenAI's wire format: `/v1/chat/completions`, whole and streamed, `/v1/embeddings`, and `/v1/models`. */
export function startFakeOpenAi( { port = 0, api_key }: Options = {} ): Promise< FakeOpenAi > {
	return startFakeProvider< ChatBody, FakeReply >( {
		root: '/v1',
		refuse: ( request ) => refuse( request, api_key ),
		render( request, reply, number ) {
			if ( request.path === '/v1/embeddings' ) {
				return { body: embeddings( request, reply ), isStream: false };
			}
			const isStream = request.body.stream === true;
			return { body: isStream ? streamBody( request, reply, number ) : wholeBody( request, reply, number ), isStream };
		},
		defaultReply: ( number ) => ( { text: `<p>This is text ${ number } of the local model.</p>` } ),
	}, port );
}

const openAiError = ( message: string, code: string | null ) => ( { error: { message, type: 'invalid_request_error', param: null, code } } );

function refuse( { method, path, headers }: FakeRequest, api_key: string | undefined ): Refusal | null {
	if ( api_key !== undefined && headers.authorization !== `Bearer ${ api_key }` ) {
		return { status: 401, body: openAiError( `Incorrect API key provided: ${ headers.authorization }.`, 'invalid_api_key' ) };
	}
	if ( method === 'GET' && path === '/v1/models' ) {
		return { status: 200, body: { object: 'list', data: [ { id: 'local-model', object: 'model', created: 1_700_000_000, owned_by: 'local' } ] } };
	}
	const isCall = method === 'POST' && ( path === '/v1/chat/completions' || path === '/v1/embeddings' );
	return isCall ? null : { status: 404, body: openAiError( `Invalid URL (${ method } ${ path })`, null ) };
}

function embeddings( { body }: FakeRequest, reply: FakeReply ): string {
	const values = [ body.input ?? [] ].flat();
	const prompt_tokens = values.join( ' ' ).split( /\s+/ ).length;
	const encode = ( vector: number[] ) => ( body.encoding_format === 'base64' ? Buffer.from( new Float32Array( vector ).buffer ).toString( 'base64' ) : vector );
	return JSON.stringify( {
		object: 'list',
		data: values.map( ( value, index ) => ( { object: 'embedding', index, embedding: encode( vectorOf( value, body.dimensions ?? 8 ) ) } ) ),
		model: body.model,
		...( reply.usage === null ? {} : { usage: reply.usage ?? { prompt_tokens, total_tokens: prompt_tokens } } ),
	} );
}

function wholeBody( request: FakeRequest, reply: FakeReply, number: number ): string {
	const tool_calls = reply.tool_calls?.map( ( { id, ...call } ) => ( { id, type: 'function', function: call } ) );
	return JSON.stringify( {
		id: `chatcmpl-local-${ number }`,
		object: 'chat.completion',
		created: 1_700_000_000 + number,
		model: request.body.model,
		system_fingerprint: 'fp_local',
		choices: [ {
			index: 0,
			message: { role: 'assistant', content: textOf( reply ), refusal: reply.refusal ?? null, annotations: [], ...( tool_calls === undefined ? {} : { tool_calls } ) },
			logprobs: logprobsOf( request, tokensOf( textOf( reply ) ?? '' ) ),
			finish_reason: finishReasonOf( reply ),
		} ],
		...( reply.usage === null ? {} : { usage: reply.usage ?? usageOf( request, reply ) } ),
		service_tier: 'default',
	} );
}

function streamBody( request: FakeRequest, reply: FakeReply, number: number ): string {
	const chunk = ( fields: object ) => `data: ${ JSON.stringify( {
		id: `chatcmpl-local-${ number }`, object: 'chat.completion.chunk', created: 1_700_000_000 + number, model: request.body.model, system_fingerprint: 'fp_local', ...fields,
	} ) }\n\n`;
	const choice = ( delta: object, finish_reason: string | null, logprobs: object | null = null ) => chunk( {
		choices: [ { index: 0, delta, logprobs, finish_reason } ],
	} );
	const words = tokensOf( textOf( reply ) ?? '' ).map( ( content ) => choice( { content }, null, logprobsOf( request, [ content ] ) ) );
	const start = choice( { role: 'assistant', content: '', refusal: null }, null );
	if ( reply.streamError !== undefined ) {
		const event = typeof reply.streamError === 'string' ? reply.streamError : JSON.stringify( reply.streamError );
		return [ start, ...words.slice( 0, Math.ceil( words.length / 2 ) ), `data: ${ event }\n\n` ].join( '' );
	}
	const withUsage = request.body.stream_options?.include_usage === true && reply.usage !== null;
	const finish_reason = finishReasonOf( reply );
	return [
		start,
		...words,
		...( reply.refusal === undefined ? [] : [ choice( { refusal: reply.refusal }, null ) ] ),
		...( reply.tool_calls ?? [] ).flatMap( ( { id, name, arguments: input }, index ) => [
			choice( { tool_calls: [ { index, id, type: 'function', function: { name, arguments: '' } } ] }, null ),
			...( input.match( /.{1,7}/gs ) ?? [] ).map( ( piece ) => choice( { tool_calls: [ { index, function: { arguments: piece } } ] }, null ) ),
		] ),
		...( finish_reason === null ? [] : [ choice( {}, finish_reason ) ] ),
		...( withUsage ? [ chunk( { choices: [], usage: reply.usage ?? usageOf( request, reply ) } ) ] : [] ),
		...( reply.done === false ? [] : [ 'data: [DONE]\n\n' ] ),
	].join( '' );
}

/** Where they are asked for: each token, and as many others as wanted. */
function logprobsOf( { body }: FakeRequest, tokens: readonly string[] ): object | null {
	const entry = ( token: string, logprob: number ) => ( { token, logprob, bytes: [ ...Buffer.from( token ) ] } );
	const others = Array.from( { length: Number( body[ 'top_logprobs' ] ?? 0 ) }, ( _nothing, index ) => entry( `other${ index }`, -2 - index ) );
	return body[ 'logprobs' ] !== true ? null : {
		content: tokens.map( ( token ) => ( { ...entry( token, -0.1 ), top_logprobs: others } ) ), refusal: null,
	};
}

function finishReasonOf( { finish_reason, tool_calls }: FakeReply ): string | null {
	if ( finish_reason !== undefined ) {
		return finish_reason;
	}
	return tool_calls === undefined ? 'stop' : 'tool_calls';
}

function textOf( { text, refusal, tool_calls }: FakeReply ): string | null {
	if ( text !== undefined ) {
		return text;
	}
	return refusal === undefined && tool_calls === undefined ? 'Fine.' : null;
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
