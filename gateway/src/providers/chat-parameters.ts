import type { JSONObject, SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { ReasoningEffort, Verbosity } from '@draftkeeper/contract/openai';
import type { CallOptions, ModelOptions } from './provider.ts';

/** Parameters of a chat that not every provider has, by their names in OpenAI's API; all others are in `CallOptions` themselves. */
export type ChatParameters = {
	reasoning_effort?: ReasoningEffort;
	verbosity?: Verbosity;
	/** At most one tool at a time. */
	parallel_tool_calls?: false;
	logit_bias?: Record< string, number >;
	/** Log probabilities are wanted, and of so many other tokens too. */
	logprobs?: number;
	seed?: number;
	presence_penalty?: number;
	frequency_penalty?: number;
	/** Whether a JSON schema has to be kept to the letter. */
	strict_schema?: boolean;
	/** Hints: where there is no place for them they are left aside, for they say nothing about the answer. */
	prompt_cache_key?: string;
	safety_identifier?: string;
};

/** What the AI SDK is told for it; null: this model has no counterpart. */
type Rule< Value > = ( value: Value, model: string, options: CallOptions ) => Partial< ModelOptions > | null;

/** What a provider makes of each parameter. */
export type ParameterRules = { readonly [ Name in keyof ChatParameters ]-?: Rule< NonNullable< ChatParameters[ Name ] > > };

const none = () => null;
const leftAside = () => ( {} );
const given = ( name: string, options: JSONObject ): Partial< ModelOptions > => ( { providerOptions: { [ name ]: options } } );

const sampling = {
	seed: ( seed: number ) => ( { seed } ),
	presence_penalty: ( presencePenalty: number ) => ( { presencePenalty } ),
	frequency_penalty: ( frequencyPenalty: number ) => ( { frequencyPenalty } ),
};

/** OpenAI's models that think before they answer, and those that are known not to. Other names are a proxy's: it has to know. */
const thinks = ( model: string ) => /^o\d/.test( model ) || /^gpt-(?:[5-9]|1\d)(?!.*chat)/.test( model );
const thinksNever = ( model: string ) => ! thinks( model ) && /^(?:gpt-|chatgpt-)/.test( model );
const unlessThinking = < Value >( rule: Rule< Value > ): Rule< Value > => ( value, model, options ) => (
	thinks( model ) ? null : rule( value, model, options )
);

const openAi: ParameterRules = {
	reasoning_effort: ( reasoningEffort, model ) => ( thinksNever( model ) ? null : given( 'openai', { reasoningEffort } ) ),
	verbosity: ( textVerbosity, model ) => ( thinksNever( model ) && textVerbosity !== 'medium' ? null : given( 'openai', { textVerbosity } ) ),
	// Refused by OpenAI where there are no tools.
	parallel_tool_calls: ( parallelToolCalls, _model, { tools } ) => ( tools === undefined ? {} : given( 'openai', { parallelToolCalls } ) ),
	logit_bias: unlessThinking( ( logitBias ) => given( 'openai', { logitBias } ) ),
	logprobs: unlessThinking( ( logprobs ) => given( 'openai', { logprobs } ) ),
	seed: sampling.seed,
	presence_penalty: unlessThinking( sampling.presence_penalty ),
	frequency_penalty: unlessThinking( sampling.frequency_penalty ),
	strict_schema: ( strictJsonSchema ) => given( 'openai', { strictJsonSchema } ),
	prompt_cache_key: ( promptCacheKey ) => given( 'openai', { promptCacheKey } ),
	safety_identifier: ( safetyIdentifier ) => given( 'openai', { safetyIdentifier } ),
};

/** The name by which a compatible server's request finds what is meant for it; words that the AI SDK does not know go out as they stand. */
export const COMPATIBLE = 'compatible';

/** Whoever speaks OpenAI's protocol is asked in its words and may refuse. Hints are not sent: some servers refuse what they do not know. */
const compatible: ParameterRules = {
	reasoning_effort: ( reasoningEffort ) => given( COMPATIBLE, { reasoningEffort } ),
	verbosity: ( textVerbosity ) => given( COMPATIBLE, { textVerbosity } ),
	parallel_tool_calls: ( parallel_tool_calls, _model, { tools } ) => ( tools === undefined ? {} : given( COMPATIBLE, { parallel_tool_calls } ) ),
	logit_bias: ( logit_bias ) => given( COMPATIBLE, { logit_bias } ),
	logprobs: ( top_logprobs ) => given( COMPATIBLE, { logprobs: true, ...( top_logprobs === 0 ? {} : { top_logprobs } ) } ),
	...sampling,
	strict_schema: ( strictJsonSchema ) => given( COMPATIBLE, { strictJsonSchema } ),
	prompt_cache_key: leftAside,
	safety_identifier: leftAside,
};

/** Claude models that take an effort; of these, those that think by themselves as much as they need, and those that always think. */
const takesEffort = /claude-(?:opus-4-[5-9]|sonnet-4-[6-9]|[a-z]+-(?:[5-9]|\d\d))(?!\d)/;
const thinksAdaptively = /claude-(?:opus-4-[6-9]|sonnet-4-[6-9]|[a-z]+-(?:[5-9]|\d\d))(?!\d)/;
const thinksAlways = /claude-(?:(?:opus|sonnet)-5-5|fable-)/;
const efforts: Record< ReasoningEffort, string > = { none: 'low', minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh', max: 'max' };

function doesNotThink( model: string ): Partial< ModelOptions > | null {
	if ( thinksAlways.test( model ) ) {
		return null;
	}
	return thinksAdaptively.test( model ) ? given( 'anthropic', { thinking: { type: 'disabled' } } ) : {};
}

const anthropic: ParameterRules = {
	reasoning_effort( effort, model, { toolChoice } ) {
		if ( effort === 'none' ) {
			return doesNotThink( model );
		}
		if ( ! takesEffort.test( model ) ) {
			return null;
		}
		// Refused together with a tool that must be called.
		const mayThink = thinksAdaptively.test( model ) && toolChoice?.type !== 'required' && toolChoice?.type !== 'tool';
		return given( 'anthropic', { effort: efforts[ effort ], ...( mayThink ? { thinking: { type: 'adaptive' } } : {} ) } );
	},
	verbosity: ( verbosity ) => ( verbosity === 'medium' ? {} : null ),
	parallel_tool_calls: () => given( 'anthropic', { disableParallelToolUse: true } ),
	logit_bias: none,
	logprobs: none,
	seed: none,
	presence_penalty: none,
	frequency_penalty: none,
	strict_schema: leftAside,
	prompt_cache_key: leftAside,
	safety_identifier: ( userId ) => given( 'anthropic', { metadata: { userId } } ),
};

/** What Google itself makes of OpenAI's words: tokens to think in for the models of 2025, a level for those after. */
const thinkingBudgets: Partial< Record< ReasoningEffort, number > > = { none: 0, minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576 };
const thinkingLevels: readonly ReasoningEffort[] = [ 'minimal', 'low', 'medium', 'high' ];

const google: ParameterRules = {
	reasoning_effort( effort, model ) {
		if ( /gemini-2\.5/.test( model ) ) {
			const thinkingBudget = thinkingBudgets[ effort ];
			return thinkingBudget === undefined || ( thinkingBudget === 0 && /pro/.test( model ) ) ? null : given( 'google', { thinkingConfig: { thinkingBudget } } );
		}
		return /gemini-[12]|gemma/.test( model ) || ! thinkingLevels.includes( effort ) ? null : given( 'google', { thinkingConfig: { thinkingLevel: effort } } );
	},
	verbosity: ( verbosity ) => ( verbosity === 'medium' ? {} : null ),
	parallel_tool_calls: ( _false, _model, { tools } ) => ( tools === undefined ? {} : null ),
	logit_bias: none,
	logprobs: none,
	seed: sampling.seed,
	presence_penalty: ( penalty, model ) => ( /gemini-2\.5/.test( model ) ? null : sampling.presence_penalty( penalty ) ),
	frequency_penalty: ( penalty, model ) => ( /gemini-2\.5/.test( model ) ? null : sampling.frequency_penalty( penalty ) ),
	strict_schema: leftAside,
	prompt_cache_key: leftAside,
	safety_identifier: leftAside,
};

/** The writer that is no language model neither thinks nor weighs words; what it writes differs by `seed`. */
const sample: ParameterRules = {
	reasoning_effort: leftAside,
	verbosity: leftAside,
	parallel_tool_calls: leftAside,
	logit_bias: none,
	logprobs: none,
	seed: ( seed ) => given( 'sample', { seed: String( seed ) } ),
	presence_penalty: none,
	frequency_penalty: none,
	strict_schema: leftAside,
	prompt_cache_key: leftAside,
	safety_identifier: leftAside,
};

export const parameterRules = { openAi, compatible, anthropic, google, sample } as const;

type AnyRule = Rule< unknown >;

/** The first parameter that this model has no counterpart for; null where it can do all that is asked. */
export function missingParameter( rules: ParameterRules, model: string, options: CallOptions ): keyof ChatParameters | null {
	const asked = Object.entries( options.parameters ?? {} ) as [ keyof ChatParameters, unknown ][];
	return asked.find( ( [ name, value ] ) => ( rules[ name ] as AnyRule )( value, model, options ) === null )?.[ 0 ] ?? null;
}

/** The same call in the words of the AI SDK. */
export function withParameters( rules: ParameterRules, model: string, options: CallOptions ): ModelOptions {
	const { parameters, ...rest } = options;
	if ( parameters === undefined ) {
		return rest;
	}
	return Object.entries( parameters ).reduce( ( known: ModelOptions, [ name, value ] ) => {
		const { providerOptions, ...more } = ( rules[ name as keyof ChatParameters ] as AnyRule )( value, model, options ) ?? {};
		return { ...known, ...more, ...( providerOptions === undefined ? {} : { providerOptions: joined( known.providerOptions, providerOptions ) } ) };
	}, rest );
}

function joined( known: SharedV3ProviderOptions = {}, more: SharedV3ProviderOptions ): SharedV3ProviderOptions {
	return { ...known, ...Object.fromEntries( Object.entries( more ).map( ( [ name, values ] ) => [ name, { ...known[ name ], ...values } ] ) ) };
}
