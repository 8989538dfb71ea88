type CallLine = {
	operation?: string;
	provider: string;
	model: string;
	upstream_model: string;
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
export function genAiFields( call: CallLine ): Record< string, string | number | null > {
	return {
		'gen_ai.operation.name': call.operation ?? 'chat',
		'gen_ai.provider.name': call.provider,
		'gen_ai.request.model': call.model,
		'gen_ai.response.model': call.upstream_model,
		...( call.max_tokens === undefined ? {} : { 'gen_ai.request.max_tokens': call.max_tokens } ),
		...( call.temperature === undefined ? {} : { 'gen_ai.request.temperature': call.temperature } ),
		'gen_ai.usage.input_tokens': call.tokens_in,
		'gen_ai.usage.output_tokens': call.tokens_out,
		...( call.error_code === null ? {} : { 'error.type': call.error_code } ),
	};
}
