import type { SiteKeys } from './keys.ts';

export const WEBHOOK_SECRET_ENV = 'DRAFTKEEPER_LOCAL_WEBHOOK_SECRET';
const UPSTREAM_KEY_ENV = 'DRAFTKEEPER_OPENAI_API_KEY';

/** A real provider that speaks OpenAI's wire format. */
export type Upstream = { id: string; base_url: string; upstream_model: string };

export type GatewayConfig = ReturnType< typeof gatewayConfig >;

/** The gateway's configuration for one local site: the sample writer always, a real provider when there is one. */
export function gatewayConfig( site: { keys: SiteKeys; wpUrl: string; upstream: Upstream | null; defaultModel: string } ) {
	const { keys, wpUrl, upstream } = site;
	return {
		sites: [
			{
				site_id: keys.site_id,
				blog_id: 1,
				home: wpUrl,
				rest_url: `${ wpUrl }/wp-json/`,
				keys: [ { kid: keys.key_id, public_key: keys.public_key } ],
				webhook_secret_env: WEBHOOK_SECRET_ENV,
				private_networks: [ '127.0.0.0/8' ],
				models: [ 'sample', ...( upstream === null ? [] : [ upstream.id ] ) ],
				default_model: site.defaultModel,
			},
		],
		providers: {
			sample: { kind: 'sample' },
			...( upstream === null ? {} : { local: { kind: 'openai-compatible', base_url: upstream.base_url, api_key_env: UPSTREAM_KEY_ENV } } ),
		},
		models: [
			{ id: 'sample', provider: 'sample', upstream_model: 'sample', input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 },
			...( upstream === null ? [] : [ { id: upstream.id, provider: 'local', upstream_model: upstream.upstream_model, input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 } ] ),
		],
	};
}
