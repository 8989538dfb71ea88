import { startFakeProvider, tokensOf, vectorOf, type FakeProvider, type FakeRequest, type Refusal, type WireReply } from './fake-provider.ts';

type Part = { text?: string; inlineData?: { mimeType: string; data: string } };
type GenerateBody = {
	contents?: { role: string; parts: Part[] }[];
	content?: { parts: Part[] };
	requests?: { content: { parts: Part[] }; outputDimensionality?: number }[];
	outputDimensionality?: number;
	generationConfig?: Record< string, unknown >;
	[ key: string ]: unknown;
};

export type GoogleReply = WireReply & {
	text?: string;
	functionCalls?: { name: string; args: object }[];
	/** Null leaves it out, as when a stream is cut off. */
	finishReason?: string | null;
	/** Held back because of what was asked. */
	blockReason?: string;
	/** Null leaves the usage out. */
	usage?: Record< string, unknown > | null;
	/** Comes in a stream after half of the text, and ends it. */
	streamError?: object | string;
};

export type FakeGoogle = FakeProvider< GenerateBody, GoogleReply >;

/** Speaks the wire format of Google's Gemini API: `generateContent`, `streamGenerateContent`, `embedContent`, `batchEmbedContents`. */
export function startFakeGoogle( api_key: string ): Promise< FakeGoogle > {
	return startFakeProvider< GenerateBody, GoogleReply >( {
		root: '/v1beta',
		refuse: ( request ) => refuse( request, api_key ),
		render( request, reply, number ) {
			if ( /:(embedContent|batchEmbedContents)$/.test( request.path ) ) {
				return { body: embeddings( request ), isStream: false };
			}
			return request.path.endsWith( ':streamGenerateContent' )
				? { body: streamBody( request, reply, number ), isStream: true }
				: { body: JSON.stringify( wholeBody( request, reply, number ) ), isStream: false };
		},
		defaultReply: () => ( {} ),
	} );
}

export const googleError = ( code: number, status: string, message: string, details: object[] = [] ) => ( { error: { code, message, status, details } } );

function refuse( { method, path, query, headers, body }: FakeRequest< GenerateBody >, api_key: string ): Refusal | null {
	if ( headers[ 'x-goog-api-key' ] !== api_key ) {
		const reason = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' };
		return { status: 400, body: googleError( 400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [ reason ] ) };
	}
	const isStream = path.endsWith( ':streamGenerateContent' );
	if ( method !== 'POST' || ! /^\/v1beta\/models\/[\w.-]+:(streamGenerateContent|generateContent|embedContent|batchEmbedContents)$/.test( path ) || ( isStream && query !== 'alt=sse' ) ) {
		return { status: 404, body: googleError( 404, 'NOT_FOUND', 'models/unknown is not found for API version v1beta' ) };
	}
	if ( ( body.requests?.length ?? 0 ) > 100 ) {
		return { status: 400, body: googleError( 400, 'INVALID_ARGUMENT', '* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch' ) };
	}
	return null;
}

function embeddings( { body }: FakeRequest< GenerateBody > ): string {
	const embed = ( content: { parts: Part[] } | undefined, length = 8 ) => ( { values: vectorOf( content?.parts[ 0 ]?.text ?? '', length ) } );
	return JSON.stringify( body.requests === undefined
		? { embedding: embed( body.content, body.outputDimensionality ) }
		: { embeddings: body.requests.map( ( { content, outputDimensionality } ) => embed( content, outputDimensionality ) ) } );
}

function usageOf( { body }: FakeRequest< GenerateBody >, { usage, text = 'Fine.' }: GoogleReply ): Record< string, unknown > {
	const promptTokenCount = JSON.stringify( body.contents ?? [] ).split( /\W+/ ).length;
	const candidatesTokenCount = text.split( /\s+/ ).length;
	return usage ?? {
		promptTokenCount,
		candidatesTokenCount,
		totalTokenCount: promptTokenCount + candidatesTokenCount,
		promptTokensDetails: [ { modality: 'TEXT', tokenCount: promptTokenCount } ],
	};
}

function partsOf( { text, functionCalls }: GoogleReply ): object[] {
	const calls = ( functionCalls ?? [] ).map( ( functionCall ) => ( { functionCall } ) );
	return text === undefined && calls.length > 0 ? calls : [ { text: text ?? 'Fine.' }, ...calls ];
}

function candidate( parts: object[], finishReason: string | null ): object {
	return { content: { parts, role: 'model' }, ...( finishReason === null ? {} : { finishReason } ), index: 0 };
}

const finishReasonOf = ( { finishReason }: GoogleReply ) => ( finishReason === undefined ? 'STOP' : finishReason );

function wholeBody( request: FakeRequest< GenerateBody >, reply: GoogleReply, number: number ): object {
	const isHeldBack = finishReasonOf( reply ) === 'SAFETY';
	return {
		...( reply.blockReason === undefined
			? { candidates: [ isHeldBack ? { finishReason: 'SAFETY', index: 0 } : candidate( partsOf( reply ), finishReasonOf( reply ) ) ] }
			: { promptFeedback: { blockReason: reply.blockReason } } ),
		...( reply.usage === null ? {} : { usageMetadata: usageOf( request, reply ) } ),
		modelVersion: 'gemini-local',
		responseId: `local-${ number }`,
	};
}

function streamBody( request: FakeRequest< GenerateBody >, reply: GoogleReply, number: number ): string {
	const event = ( data: object ) => `data: ${ JSON.stringify( data ) }\r\n\r\n`;
	if ( reply.blockReason !== undefined ) {
		return event( wholeBody( request, reply, number ) );
	}
	const told = reply.usage === null ? {} : { usageMetadata: usageOf( request, reply ) };
	const isHeldBack = finishReasonOf( reply ) === 'SAFETY';
	const chunks = [ ...tokensOf( isHeldBack ? '' : ( reply.text ?? ( reply.functionCalls === undefined ? 'Fine.' : '' ) ) ).map( ( text ) => ( { text } ) ), ...( reply.functionCalls ?? [] ).map( ( functionCall ) => ( { functionCall } ) ) ];
	const chunk = ( fields: object ) => event( { candidates: [ fields ], ...told, modelVersion: 'gemini-local', responseId: `local-${ number }` } );
	const events = chunks.map( ( part, index ) => chunk( candidate( [ part ], index === chunks.length - 1 ? finishReasonOf( reply ) : null ) ) );
	if ( reply.streamError !== undefined ) {
		const error = typeof reply.streamError === 'string' ? reply.streamError : JSON.stringify( reply.streamError );
		return [ ...events.slice( 0, Math.ceil( events.length / 2 ) ), `data: ${ error }\r\n\r\n` ].join( '' );
	}
	return events.length === 0 ? chunk( isHeldBack ? { finishReason: 'SAFETY', index: 0 } : candidate( [ { text: '' } ], finishReasonOf( reply ) ) ) : events.join( '' );
}
