import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhook, type FinishedJob } from '@draftkeeper/contract';
import { Webhook } from 'standardwebhooks';

export type Received = { headers: IncomingHttpHeaders; body: string; finished: FinishedJob };
export type SiteAnswer = { status?: number; headers?: Record< string, string >; body?: string; reset?: boolean };

export type FakeSite = {
	/** The REST prefix to register. */
	rest_url: string;
	/** Deliveries whose signature held, in order. */
	received: Received[];
	arrived: ( count: number ) => Promise< void >;
	/** How the next deliveries are answered; null acknowledges. */
	answerWith: ( answer: ( ( received: Received ) => SiteAnswer ) | null ) => void;
	stop: () => Promise< void >;
};

/** A WordPress as the gateway sees it: checks signatures with the reference library and echoes the id. */
export async function startFakeSite( secret: () => string ): Promise< FakeSite > {
	const received: Received[] = [];
	const arrivals: { count: number; resolve: () => void }[] = [];
	let answer: ( ( received: Received ) => SiteAnswer ) | null = null;
	const server = createServer( async ( request, response ) => {
		const chunks: Buffer[] = [];
		for await ( const chunk of request ) {
			chunks.push( chunk as Buffer );
		}
		const body = Buffer.concat( chunks ).toString( 'utf8' );
		if ( request.url !== '/wp-json/draftkeeper/v1/webhooks/gateway' || request.method !== 'POST' ) {
			response.writeHead( 404 ).end( 'no such page' );
			return;
		}
		const event = new Webhook( secret() ).verify( body, request.headers as Record< string, string > );
		const delivery = { headers: request.headers, body, finished: webhook.parse( event ).data };
		received.push( delivery );
		const { status, headers, body: text, reset } = {
			status: 200, headers: {}, body: JSON.stringify( { received: request.headers[ 'webhook-id' ] } ), reset: false, ...answer?.( delivery ),
		};
		if ( reset ) {
			request.socket.resetAndDestroy();
		} else {
			response.writeHead( status, { 'content-type': 'application/json', ...headers } ).end( text );
		}
		arrivals.filter( ( { count } ) => count <= received.length ).forEach( ( { resolve } ) => resolve() );
	} );
	await new Promise< void >( ( resolve ) => server.listen( 0, '127.0.0.1', resolve ) );
	return {
		rest_url: `http://127.0.0.1:${ ( server.address() as AddressInfo ).port }/wp-json/`,
		received,
		arrived: ( count ) => new Promise( ( resolve ) => {
			arrivals.push( { count, resolve } );
			if ( received.length >= count ) {
				resolve();
			}
		} ),
		answerWith( next ) {
			answer = next;
		},
		stop: () => new Promise( ( resolve ) => {
			server.close( () => resolve() );
			server.closeAllConnections();
		} ),
	};
}
