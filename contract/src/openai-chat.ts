import * as z from 'zod/mini';
import { count } from './primitives.ts';

/*
 * OpenAI's own shapes, as far as a gateway serves them; names and meanings are theirs. Requests are strict at the top, as theirs are:
 * a parameter that would have no effect is refused by name, unless it changes nothing about the answer.
 */

/** Left out and null mean the same to OpenAI. */
const given = < T extends z.core.$ZodType >( schema: T ) => z.optional( z.nullable( schema ) );

const textPart = z.object( { type: z.literal( 'text' ), text: z.string() } );

/** Data, not an address: the gateway fetches nothing that a caller names. */
const imagePart = z.object( {
	type: z.literal( 'image_url' ),
	image_url: z.object( {
		url: z.string().check( z.regex(
			/^data:image\/(jpeg|png|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
			'Images must be sent as data URLs (data:image/jpeg;base64,…; also png, gif, webp): the gateway fetches no addresses.'
		) ),
		detail: given( z.enum( [ 'auto', 'low', 'high' ] ) ),
	} ),
} );

const textContent = z.union( [ z.string(), z.array( textPart ).check( z.minLength( 1 ) ) ] );

const toolCall = z.object( {
	id: z.string(),
	type: z.literal( 'function' ),
	function: z.object( { name: z.string(), arguments: z.string() } ),
} );

const chatMessage = z.discriminatedUnion( 'role', [
	z.object( { role: z.enum( [ 'system', 'developer' ] ), content: textContent, name: given( z.string() ) } ),
	z.object( {
		role: z.literal( 'user' ),
		content: z.union( [ z.string(), z.array( z.discriminatedUnion( 'type', [ textPart, imagePart ] ) ).check( z.minLength( 1 ) ) ] ),
		name: given( z.string() ),
	} ),
	z.object( {
		role: z.literal( 'assistant' ),
		content: given( z.union( [ z.string(), z.array( z.discriminatedUnion( 'type', [
			textPart, z.object( { type: z.literal( 'refusal' ), refusal: z.string() } ),
		] ) ) ] ) ),
		refusal: given( z.string() ),
		tool_calls: given( z.array( toolCall ) ),
		name: given( z.string() ),
	} ),
	z.object( { role: z.literal( 'tool' ), tool_call_id: z.string(), content: textContent } ),
] );
export type ChatMessage = z.infer< typeof chatMessage >;

const functionName = z.string().check( z.regex( /^[A-Za-z0-9_-]{1,64}$/ ) );
const jsonSchema = z.record( z.string(), z.unknown() );

const responseFormat = z.discriminatedUnion( 'type', [
	z.object( { type: z.literal( 'text' ) } ),
	z.object( { type: z.literal( 'json_object' ) } ),
	z.object( {
		type: z.literal( 'json_schema' ),
		json_schema: z.object( {
			name: functionName, description: given( z.string() ), schema: z.optional( jsonSchema ), strict: given( z.boolean() ),
		} ),
	} ),
] );

export const reasoningEfforts = [ 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max' ] as const;
export type ReasoningEffort = ( typeof reasoningEfforts )[ number ];
export const verbosities = [ 'low', 'medium', 'high' ] as const;
export type Verbosity = ( typeof verbosities )[ number ];

const penalty = z.number().check( z.gte( -2 ), z.lte( 2 ) );
const tokenLimit = z.int().check( z.gte( 1 ) );

/** `POST /v1/chat/completions`, also `/v1/chat`. */
export const chatRequest = z.strictObject( {
	model: z.string().check( z.minLength( 1 ), z.maxLength( 100 ) ),
	messages: z.array( chatMessage ).check( z.minLength( 1 ), z.maxLength( 1000 ) ),
	stream: given( z.boolean() ),
	stream_options: given( z.object( { include_usage: given( z.boolean() ) } ) ),
	temperature: given( z.number().check( z.gte( 0 ), z.lte( 2 ) ) ),
	top_p: given( z.number().check( z.gte( 0 ), z.lte( 1 ) ) ),
	max_completion_tokens: given( tokenLimit ),
	/** The older name. */
	max_tokens: given( tokenLimit ),
	/** So many answers, each of which costs as much as one. */
	n: given( z.int().check( z.gte( 1 ), z.lte( 8 ) ) ),
	stop: given( z.union( [ z.string(), z.array( z.string() ).check( z.maxLength( 4 ) ) ] ) ),
	seed: given( z.int() ),
	presence_penalty: given( penalty ),
	frequency_penalty: given( penalty ),
	tools: given( z.array( z.object( {
		type: z.literal( 'function' ),
		function: z.object( { name: functionName, description: given( z.string() ), parameters: given( jsonSchema ), strict: given( z.boolean() ) } ),
	} ) ).check( z.maxLength( 128 ) ) ),
	tool_choice: given( z.union( [
		z.enum( [ 'none', 'auto', 'required' ] ),
		z.object( { type: z.literal( 'function' ), function: z.object( { name: functionName } ) } ),
	] ) ),
	response_format: given( responseFormat ),
	parallel_tool_calls: given( z.boolean() ),
	reasoning_effort: given( z.enum( reasoningEfforts ) ),
	verbosity: given( z.enum( verbosities ) ),
	/** By the number of a token of the model. */
	logit_bias: given( z.record( z.string().check( z.regex( /^\d{1,7}$/, 'Keys must be numbers of tokens.' ) ), z.number().check( z.gte( -100 ), z.lte( 100 ) ) ) ),
	logprobs: given( z.boolean() ),
	top_logprobs: given( z.int().check( z.gte( 0 ), z.lte( 20 ) ) ),
	/** Hints for providers that have a place for them. */
	prompt_cache_key: given( z.string().check( z.maxLength( 1024 ) ) ),
	safety_identifier: given( z.string().check( z.maxLength( 1024 ) ) ),
	// What can have one value here, so that clients which always name it are served.
	service_tier: given( z.enum( [ 'auto', 'default' ], 'The gateway knows the prices of the default tier alone.' ) ),
	modalities: given( z.array( z.literal( 'text', 'The gateway answers in text.' ) ) ),
	// What says nothing about the answer: taken and left aside.
	user: given( z.string() ),
	metadata: given( z.record( z.string(), z.string() ) ),
	store: given( z.boolean() ),
	prompt_cache_retention: given( z.string() ),
} );
export type ChatRequest = z.infer< typeof chatRequest >;

export const chatFinishReasons = [ 'stop', 'length', 'tool_calls', 'content_filter' ] as const;
const finishReason = z.enum( chatFinishReasons );
export type ChatFinishReason = z.infer< typeof finishReason >;

const tokenLogprob = z.object( { token: z.string(), logprob: z.number(), bytes: z.nullable( z.array( count ) ) } );
const chatLogprobs = z.object( {
	content: z.nullable( z.array( z.extend( tokenLogprob, { top_logprobs: z.array( tokenLogprob ) } ) ) ),
	refusal: z.null(),
} );
export type ChatLogprobs = z.infer< typeof chatLogprobs >;

export const chatUsage = z.object( {
	prompt_tokens: count,
	completion_tokens: count,
	total_tokens: count,
	prompt_tokens_details: z.optional( z.object( { cached_tokens: count } ) ),
	completion_tokens_details: z.optional( z.object( { reasoning_tokens: count } ) ),
} );
export type ChatUsage = z.infer< typeof chatUsage >;

/** The answer, whole. */
export const chatCompletion = z.object( {
	id: z.string(),
	object: z.literal( 'chat.completion' ),
	created: count,
	model: z.string(),
	choices: z.array( z.object( {
		index: count,
		message: z.object( {
			role: z.literal( 'assistant' ),
			content: z.nullable( z.string() ),
			refusal: z.nullable( z.string() ),
			tool_calls: z.optional( z.array( toolCall ) ),
		} ),
		logprobs: z.nullable( chatLogprobs ),
		finish_reason: finishReason,
	} ) ),
	/** Left out where the provider has not told. */
	usage: z.optional( chatUsage ),
} );
export type ChatCompletion = z.infer< typeof chatCompletion >;

/** One event of a streamed answer; after the last comes `[DONE]`. */
export const chatChunk = z.object( {
	id: z.string(),
	object: z.literal( 'chat.completion.chunk' ),
	created: count,
	model: z.string(),
	/** Empty in the chunk that brings the usage. */
	choices: z.array( z.object( {
		index: count,
		delta: z.object( {
			role: z.optional( z.literal( 'assistant' ) ),
			content: z.optional( z.nullable( z.string() ) ),
			refusal: z.optional( z.nullable( z.string() ) ),
			tool_calls: z.optional( z.array( z.object( {
				index: count,
				id: z.optional( z.string() ),
				type: z.optional( z.literal( 'function' ) ),
				function: z.object( { name: z.optional( z.string() ), arguments: z.string() } ),
			} ) ) ),
		} ),
		logprobs: z.nullable( chatLogprobs ),
		finish_reason: z.nullable( finishReason ),
	} ) ),
	usage: z.optional( z.nullable( chatUsage ) ),
} );
export type ChatChunk = z.infer< typeof chatChunk >;
