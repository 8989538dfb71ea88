/** What a provider is asked to do. */
export type Operation = 'chat' | 'embeddings';

/** Where a call goes, in the conventions' words: their name of the provider, and the provider's own name of the model. */
export type CallTarget = { gen_ai_provider: string; upstream_model: string };

/** Whom a call reaches over the network. */
export type ServerAddress = { address: string; port: number };

/** What the provider has told about its answer, where there was one. */
export type Told = {
	finish_reason?: string | undefined;
	/** The provider's own name for the answer, and for the model that wrote it. */
	response_id?: string | undefined;
	response_model?: string | undefined;
	cached_tokens_in?: number | null;
	cache_write_tokens_in?: number | null;
	reasoning_tokens_out?: number | null;
};

type CallLine = Told & {
	operation: Operation;
	target: CallTarget & { server?: ServerAddress | null };
	max_tokens?: number | undefined;
	temperature?: number | undefined;
	error_code: string | null;
	tokens_in: number | null;
	tokens_out: number | null;
};

/**
 * A provider call in the names of OpenTelemetry's GenAI conventions (1.37), which still change: all that logs use are here. Names and
 * numbers only, never what was asked or answered.
 */
export function genAiFields( call: CallLine ): Record< string, string | string[] | number | null > {
	return {
		'gen_ai.operation.name': call.operation,
		'gen_ai.provider.name': call.target.gen_ai_provider,
		'gen_ai.request.model': call.target.upstream_model,
		...( call.target.server ? { 'server.address': call.target.server.address, 'server.port': call.target.server.port } : {} ),
		...( call.max_tokens === undefined ? {} : { 'gen_ai.request.max_tokens': call.max_tokens } ),
		...( call.temperature === undefined ? {} : { 'gen_ai.request.temperature': call.temperature } ),
		'gen_ai.usage.input_tokens': call.tokens_in,
		'gen_ai.usage.output_tokens': call.tokens_out,
		...( call.finish_reason === undefined ? {} : { 'gen_ai.response.finish_reasons': [ call.finish_reason.replaceAll( '-', '_' ) ] } ),
		...( call.response_id === undefined ? {} : { 'gen_ai.response.id': call.response_id } ),
		...( call.response_model === undefined ? {} : { 'gen_ai.response.model': call.response_model } ),
		...some( 'gen_ai.usage.cache_read.input_tokens', call.cached_tokens_in ),
		...some( 'gen_ai.usage.cache_creation.input_tokens', call.cache_write_tokens_in ),
		...some( 'gen_ai.usage.reasoning.output_tokens', call.reasoning_tokens_out ),
		...( call.error_code === null ? {} : { 'error.type': call.error_code } ),
	};
}

/** Most calls have none of it. */
function some( name: string, tokens: number | null | undefined ): Record< string, number > {
	return tokens === null || tokens === undefined || tokens === 0 ? {} : { [ name ]: tokens };
}

/** The conventions have names for the well-known; others keep the one that the gateway's file gives them. */
export function genAiProvider( { kind, name }: { kind: string; name: string } ): string {
	switch ( kind ) {
		case 'openai':
		case 'anthropic':
			return kind;
		case 'google':
			return 'gcp.gemini';
		default:
			return name;
	}
}
