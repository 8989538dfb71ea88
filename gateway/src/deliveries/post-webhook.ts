import { fetch, type Agent } from 'undici';
import type { Clock } from '../clock.ts';
import type { Site } from '../sites/site.ts';
import { assertAllowedUrl, createSiteAgent } from './site-network.ts';

const TIMEOUT_MS = 15_000;
/** An acknowledgement is a line; anything longer is somebody's web page. */
const MAX_ANSWER_BYTES = 16 * 1024;

export type WebhookAnswer = { status: number; body: string; retryAfter: string | undefined };

/** Posts a signed body to the site and reads what it answers. Throws where there is no answer. */
export type PostWebhook = ( site: Site, headers: Record< string, string >, body: string ) => Promise< WebhookAnswer >;

const ROUTE = 'draftkeeper/v1/webhooks/gateway';

/** One connection pool per site, bounded in time and size, never following a redirect. */
export function createPostWebhook( clock: Clock ): { post: PostWebhook; close: () => Promise< void > } {
	const agents = new Map< string, { agent: Agent; networks: string } >();
	const agentOf = ( site: Site ): Agent => {
		const networks = site.private_networks.join( ' ' );
		const known = agents.get( site.tenant );
		if ( known?.networks === networks ) {
			return known.agent;
		}
		// The operator has changed where the site may live: connections that were allowed before go.
		known?.agent.destroy().catch( () => {} );
		const agent = createSiteAgent( site );
		agents.set( site.tenant, { agent, networks } );
		return agent;
	};
	return {
		async post( site, headers, body ) {
			const url = new URL( `${ site.rest_url }${ ROUTE }` );
			assertAllowedUrl( url, site );
			const timeout = new AbortController();
			const stopTimer = clock.setTimer( () => timeout.abort( new Error( 'time-out' ) ), TIMEOUT_MS );
			try {
				const response = await fetch( url, {
					method: 'POST',
					headers: { ...headers, 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'Draftkeeper' },
					body,
					redirect: 'manual',
					signal: timeout.signal,
					dispatcher: agentOf( site ),
				} );
				return {
					status: response.status,
					body: await readBounded( response.body ),
					retryAfter: response.headers.get( 'retry-after' ) ?? undefined,
				};
			} finally {
				stopTimer();
			}
		},
		async close() {
			await Promise.all( [ ...agents.values() ].map( ( { agent } ) => agent.destroy() ) );
		},
	};
}

async function readBounded( stream: AsyncIterable< Uint8Array > | null ): Promise< string > {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await ( const chunk of stream ?? [] ) {
		size += chunk.byteLength;
		if ( size > MAX_ANSWER_BYTES ) {
			break;
		}
		chunks.push( chunk );
	}
	return Buffer.concat( chunks ).toString( 'utf8' );
}
