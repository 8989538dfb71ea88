import * as z from 'zod/mini';
import { chatChunk, chatCompletion, chatRequest } from './openai-chat.ts';
import { apiModel, modelList } from './models.ts';
import { count } from './primitives.ts';

const MAX_INPUTS = 256;
const tokens = z.array( z.int().check( z.gte( 0 ) ) ).check( z.minLength( 1 ), z.maxLength( 8192 ) );

/** `POST /v1/embeddings`. */
export const embeddingRequest = z.strictObject( {
	model: z.string().check( z.minLength( 1 ), z.maxLength( 100 ) ),
	/** Texts, or what a client has cut them into: tokens of cl100k_base. */
	input: z.union( [
		z.string().check( z.minLength( 1 ) ),
		z.array( z.string().check( z.minLength( 1 ) ) ).check( z.minLength( 1 ), z.maxLength( MAX_INPUTS ) ),
		tokens,
		z.array( tokens ).check( z.minLength( 1 ), z.maxLength( MAX_INPUTS ) ),
	] ),
	encoding_format: z.optional( z.nullable( z.enum( [ 'float', 'base64' ] ) ) ),
	dimensions: z.optional( z.nullable( z.int().check( z.gte( 1 ), z.lte( 100000 ) ) ) ),
	user: z.optional( z.nullable( z.string() ) ),
} );
export type EmbeddingRequest = z.infer< typeof embeddingRequest >;

export const embeddingList = z.object( {
	object: z.literal( 'list' ),
	model: z.string(),
	data: z.array( z.object( {
		object: z.literal( 'embedding' ),
		index: count,
		/** With `base64`: 32-bit floats, the least significant byte first. */
		embedding: z.union( [ z.array( z.number() ), z.string() ] ),
	} ) ),
	usage: z.object( { prompt_tokens: count, total_tokens: count } ),
} );
export type EmbeddingList = z.infer< typeof embeddingList >;

/** Every error on these routes, and the last event of a stream that broke. */
export const apiError = z.object( {
	error: z.object( {
		message: z.string(),
		type: z.enum( [
			'invalid_request_error', 'authentication_error', 'permission_error', 'not_found_error', 'rate_limit_error', 'insufficient_quota', 'server_error',
		] ),
		param: z.nullable( z.string() ),
		/** OpenAI's word where it has one for this, else ours. */
		code: z.nullable( z.string() ),
		/** Ours: a code of the contract, the id of the request, and whether the same request may succeed later. */
		draftkeeper: z.object( { code: z.string(), request_id: z.string(), retryable: z.boolean() } ),
	} ),
} );
export type ApiErrorBody = z.infer< typeof apiError >;

/** What crosses the border to other programs, by the name it has in `examples/openai/` and in the OpenAPI document. */
export const openaiSchemas = {
	api_error: apiError,
	chat_chunk: chatChunk,
	chat_completion: chatCompletion,
	chat_request: chatRequest,
	embedding_list: embeddingList,
	embedding_request: embeddingRequest,
	model: apiModel,
	model_list: modelList,
} as const;

export {
	chatChunk, chatCompletion, chatFinishReasons, chatRequest, chatUsage, reasoningEfforts, verbosities,
	type ChatChunk, type ChatCompletion, type ChatFinishReason, type ChatLogprobs, type ChatMessage, type ChatRequest, type ChatUsage,
	type ReasoningEffort, type Verbosity,
} from './openai-chat.ts';
