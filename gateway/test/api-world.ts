import { randomBytes } from 'node:crypto';
import OpenAI from 'openai';
import { openAiCompatible } from '../src/providers/adapters/openai-compatible.ts';
import { defaultTimeouts } from '../src/providers/call-watch.ts';
import { openNetwork } from '../src/providers/network.ts';
import { UpstreamProvider } from '../src/providers/upstream-provider.ts';
import type { Meter } from '../src/observability/meter.ts';
import { newApiKey } from '../src/keys/api-key-store.conformance.ts';
import { apiRoutes, createApiKey, hashApiKey, type ApiKey } from '../src/keys/api-key.ts';
import type { Site } from '../src/sites/site.ts';
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai.ts';
import { ManualClock } from './manual-clock.ts';
import { createTestGateway, type TestGateway } from './test-gateway.ts';
import { createTestSite, type TestSite } from './test-site.ts';

export type ApiWorld = {
	gateway: TestGateway;
	/** Where the models live. */
	upstream: FakeOpenAi;
	shop: TestSite;
	/** How they are reached. */
	provider: UpstreamProvider;
	/** The gateway's address, without a path. */
	url: string;
	/** A key of the shop. */
	addKey: ( overrides?: Partial< ApiKey > ) => Promise< string >;
	/** OpenAI's own client, with a key of the shop. */
	client: ( key?: string ) => Promise< OpenAI >;
	stop: () => Promise< void >;
};

export const apiSecret = Buffer.alloc( 32, 'a' );

/** A gateway on a port, before a server that speaks OpenAI's wire format, for programs of a shop. */
export async function startApiWorld( overrides: Partial< Site > = {}, options: { meter?: Meter } = {} ): Promise< ApiWorld > {
	const upstream = await startFakeOpenAi( { api_key: 'sk-canary' } );
	const shop = createTestSite( { api: true, api_secrets: [ apiSecret ], ...overrides } );
	const clock = new ManualClock();
	const provider = new UpstreamProvider( {
		adapter: openAiCompatible( { base_url: upstream.url, api_key: 'sk-canary' } ), clock, network: openNetwork(), timeouts: defaultTimeouts,
	} );
	const gateway = createTestGateway( [ shop.site, createTestSite( { site_id: 'blog', api: true, home: 'https://blog.test' } ).site ], { provider, clock, ...options } );
	const url = await gateway.app.listen( { host: '127.0.0.1', port: 0 } );
	const addKey = async ( limits: Partial< ApiKey > = {} ) => {
		const key = createApiKey( randomBytes );
		await gateway.api.keys.add( { ...newApiKey( { routes: apiRoutes, ...limits } ), ...hashApiKey( key ) } );
		return key;
	};
	return {
		gateway,
		upstream,
		provider,
		shop,
		url,
		addKey,
		client: async ( key ) => new OpenAI( { baseURL: `${ url }/v1`, apiKey: key ?? ( await addKey() ), maxRetries: 0 } ),
		async stop() {
			upstream.release();
			await gateway.close();
			await upstream.stop();
		},
	};
}
