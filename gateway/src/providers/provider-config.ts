import * as z from 'zod';
import { defaultTimeouts } from './call-watch.ts';

export const slug = z.string().regex( /^[a-z0-9][a-z0-9_.:/-]{0,99}$/i, 'must be letters, digits and _ . : / -' );
const variableName = z.string().regex( /^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable' );
const baseUrl = z.url( { protocol: /^https?$/, error: 'must be an http or https address' } );
const milliseconds = z.int().min( 100 ).max( 900_000 );
const places = z.int().min( 1 ).max( 10_000 );
const price = z.int().min( 0 );

const limits = {
	first_token_ms: milliseconds.default( defaultTimeouts.first_token_ms ),
	idle_ms: milliseconds.default( defaultTimeouts.idle_ms ),
	overall_ms: milliseconds.default( defaultTimeouts.overall_ms ),
	/** Jobs that may be under way at this provider. Left out: all that the worker takes, or three quarters where there are other providers. */
	max_jobs: places.optional(),
	/** Requests of the API that may be under way at this provider. */
	max_requests: places.default( 256 ),
	/** So many failures in a row keep calls away from a model. */
	breaker_failures: z.int().min( 1 ).max( 5 ).default( 5 ),
	/** For how long, until one call tries again. */
	breaker_cool_down_ms: milliseconds.default( 20_000 ),
};

const withKey = { ...limits, api_key_env: variableName, base_url: baseUrl.optional() };

export const providerSchema = z.discriminatedUnion( 'kind', [
	z.strictObject( { ...limits, kind: z.literal( 'sample' ), pause_ms: z.int().min( 0 ).max( 5_000 ).default( 0 ) } ),
	z.strictObject( { ...withKey, kind: z.literal( 'openai' ) } ),
	z.strictObject( { ...withKey, kind: z.literal( 'anthropic' ) } ),
	z.strictObject( { ...withKey, kind: z.literal( 'google' ) } ),
	z.strictObject( {
		...limits,
		kind: z.literal( 'openai-compatible' ),
		base_url: baseUrl,
		api_key_env: variableName.optional(),
		/** False for a server that cannot stream. */
		stream: z.boolean().default( true ),
	} ),
] );

export type ProviderSettings = z.infer< typeof providerSchema >;

/** A configured provider, its key put in. */
export type ProviderConfig = ProviderSettings & { name: string; api_key: string | null };

const target = {
	provider: z.string(),
	upstream_model: z.string().min( 1 ),
	/** Left out: the list price where `prices.ts` knows it, else unknown. */
	input_micros_per_million_tokens: price.optional(),
	output_micros_per_million_tokens: price.optional(),
	cached_input_micros_per_million_tokens: price.optional(),
};

const targetSchema = z.strictObject( target ).refine(
	( prices ) => ( prices.input_micros_per_million_tokens === undefined ) === ( prices.output_micros_per_million_tokens === undefined ),
	'must hold both prices, input and output, or none'
);

const ceiling = z.int().min( 1 ).optional();

export type TargetConfig = z.infer< typeof targetSchema >;
export type ModelConfig = { id: string; max_input_tokens?: number | undefined; max_output_tokens?: number | undefined; route: readonly TargetConfig[] };

/** A model that is in one place, or in several that stand in for one another, the first one first. */
export const modelSchema = z
	.looseObject( {
		id: slug,
		/** What the model can take and write; a site may be allowed less. */
		max_input_tokens: ceiling,
		max_output_tokens: ceiling,
		route: z.array( targetSchema ).min( 1, 'must hold a place' ).max( 4, 'must hold four places at most' ).optional(),
	} )
	.transform( ( { id, max_input_tokens, max_output_tokens, route, ...rest }, context ): ModelConfig => {
		const model = { id, max_input_tokens, max_output_tokens };
		if ( route !== undefined ) {
			for ( const name of Object.keys( rest ) ) {
				context.addIssue( { code: 'custom', path: [ name ], message: 'belongs into the places of the route' } );
			}
			return { ...model, route };
		}
		const { data, error } = targetSchema.safeParse( rest );
		for ( const { path, message } of error?.issues ?? [] ) {
			context.addIssue( { code: 'custom', path, message } );
		}
		return data === undefined ? z.NEVER : { ...model, route: [ data ] };
	} );

