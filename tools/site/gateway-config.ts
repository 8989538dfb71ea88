import type { SiteKeys } from './keys.ts';

export const WEBHOOK_SECRET_ENV = 'DRAFTKEEPER_LOCAL_WEBHOOK_SECRET';
export const UPSTREAM_KEY_ENV = 'DRAFTKEEPER_OPENAI_API_KEY';

const MICROS = 1_000_000;
/** Between two sentences: long enough to see a draft being written, and short enough not to wait for it. */
const SAMPLE_PAUSE_MS = 300;

/** A real provider that speaks OpenAI's wire format. Prices are in US dollars per million tokens. */
export type Upstream = { model: string; base_url: string; needsKey: boolean; inputPrice: number; outputPrice: number };

/** The provider that the environment names; null where it names none. */
export function upstreamFrom( env: NodeJS.ProcessEnv ): Upstream | null {
	const address = env.DRAFTKEEPER_OPENAI_BASE_URL;
	const model = env.DRAFTKEEPER_OPENAI_MODEL;
	if ( ! address || ! model ) {
		return null;
	}
	return {
		model,
		base_url: address,
		needsKey: Boolean( env[ UPSTREAM_KEY_ENV ] ),
		inputPrice: Number( env.DRAFTKEEPER_OPENAI_INPUT_PRICE ?? 0 ),
		outputPrice: Number( env.DRAFTKEEPER_OPENAI_OUTPUT_PRICE ?? 0 ),
	};
}

/** The name under which the gateway knows an upstream's model. */
export const modelId = ( upstream: Upstream ): string => upstream.model.replaceAll( /[^a-z0-9_.:/-]/gi, '-' );

export type GatewayConfig = ReturnType< typeof gatewayConfig >;

/** The gateway's configuration for one local site: the sample writer always, a real provider when there is one. */
export function gatewayConfig( site: { keys: SiteKeys; wpUrl: string; restUrl?: string | undefined; upstream: Upstream | null; defaultModel: string } ) {
	const { keys, wpUrl, upstream } = site;
	return {
		sites: [
			{
				site_id: keys.site_id,
				blog_id: 1,
				home: wpUrl,
				rest_url: site.restUrl ?? `${ wpUrl }/wp-json/`,
				keys: [ { kid: keys.key_id, public_key: keys.public_key } ],
				webhook_secret_env: WEBHOOK_SECRET_ENV,
				private_networks: [ '127.0.0.0/8' ],
				models: [ 'sample', ...( upstream === null ? [] : [ modelId( upstream ) ] ) ],
				default_model: site.defaultModel,
			},
		],
		providers: {
			sample: { kind: 'sample', pause_ms: SAMPLE_PAUSE_MS },
			...( upstream === null ? {} : {
				local: { kind: 'openai-compatible', base_url: upstream.base_url, ...( upstream.needsKey ? { api_key_env: UPSTREAM_KEY_ENV } : {} ) },
			} ),
		},
		models: [
			{ id: 'sample', provider: 'sample', upstream_model: 'sample', input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 },
			...( upstream === null ? [] : [ {
				id: modelId( upstream ),
				provider: 'local',
				upstream_model: upstream.model,
				input_micros_per_million_tokens: Math.round( upstream.inputPrice * MICROS ),
				output_micros_per_million_tokens: Math.round( upstream.outputPrice * MICROS ),
			} ] ),
		],
	};
}
