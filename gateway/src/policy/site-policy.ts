import * as z from 'zod';

const bounds = z.strictObject( {
	requests: z.int().min( 0 ).optional(),
	tokens: z.int().min( 0 ).optional(),
	/** Millionths of a US dollar. */
	micros: z.int().min( 0 ).optional(),
} );

const timeZone = z.string().refine( isTimeZone, 'must be a time zone such as Europe/Berlin' );

const moderation = z
	.strictObject( {
		patterns: z.array( z.string().min( 1 ).refine( isExpression, 'must be a regular expression' ) ).default( [] ),
		url: z.url( { protocol: /^https?$/, error: 'must be an http or https address' } ).optional(),
		api_key_env: z.string().regex( /^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable' ).optional(),
		model: z.string().min( 1 ).default( 'omni-moderation-latest' ),
		on_error: z.enum( [ 'block', 'allow' ] ).default( 'block' ),
	} )
	.refine( ( { patterns, url } ) => patterns.length > 0 || url !== undefined, 'must hold patterns, an url, or both' );

/** What the gateway's file may say about what a site may do; `docs/gateway-file.md` explains each. */
export const sitePolicyFields = {
	disabled: z.boolean().default( false ),
	time_zone: timeZone.default( 'UTC' ),
	limits: z
		.array( z.strictObject( { requests: z.int().min( 1 ).max( 100_000 ), seconds: z.int().min( 1 ).max( 86_400 ) } ) )
		.refine( ( limits ) => new Set( limits.map( ( { seconds } ) => seconds ) ).size === limits.length, 'holds two limits for one span of time' )
		.default( [] ),
	budgets: z.strictObject( { day: bounds.optional(), month: bounds.optional() } ).default( {} ),
	max_input_tokens: z.int().min( 1 ).optional(),
	max_output_tokens: z.int().min( 1 ).optional(),
	cache: z.strictObject( {
		seconds: z.int().min( 1 ).max( 86_400 ).default( 3_600 ),
		max_temperature: z.number().min( 0 ).max( 2 ).default( 1 ),
	} ).optional(),
	redaction: z.enum( [ 'off', 'api', 'all' ] ).default( 'off' ),
	moderation: moderation.optional(),
};

export type SitePolicy = z.infer< ReturnType< typeof sitePolicySchema > >;

/** A site about which the file says nothing. */
export const defaultSitePolicy: SitePolicy = sitePolicySchema().parse( {} );

function sitePolicySchema() {
	return z.strictObject( sitePolicyFields );
}

function isExpression( source: string ): boolean {
	try {
		return new RegExp( source, 'iu' ).flags !== '';
	} catch {
		return false;
	}
}

function isTimeZone( name: string ): boolean {
	try {
		return new Intl.DateTimeFormat( 'en', { timeZone: name } ).format() !== '';
	} catch {
		return false;
	}
}
