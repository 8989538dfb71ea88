import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Delivery = { path: string; headers: Record< string, string >; body: Buffer; status: number };

export type WebhookRecorder = {
	/** The address to give to the gateway in place of the site's. */
	url: string;
	/** What was delivered, in order, with the site's answer. */
	deliveries: Delivery[];
	forwardTo: ( siteUrl: string ) => void;
	/** Sends one delivery again, byte for byte. */
	repeat: ( delivery: Delivery ) => Promise< Response >;
	stop: () => Promise< void >;
};

const HOP_BY_HOP = new Set( [ 'host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive' ] );

/** Stands between the gateway and WordPress, passes everything on and keeps a copy. */
export async function startWebhookRecorder(): Promise< WebhookRecorder > {
	const deliveries: Delivery[] = [];
	let site = '';
	const send = ( path: string, headers: Record< string, string >, body: Buffer ): Promise< Response > =>
		fetch( `${ site }${ path }`, { method: 'POST', headers, body: new Uint8Array( body ), redirect: 'manual' } );

	const server = createServer( async ( request, response ) => {
		const chunks: Buffer[] = [];
		for await ( const chunk of request ) {
			chunks.push( chunk as Buffer );
		}
		const body = Buffer.concat( chunks );
		const headers = ownHeaders( request.headers );
		try {
			const answer = await send( request.url ?? '/', headers, body );
			deliveries.push( { path: request.url ?? '/', headers, body, status: answer.status } );
			response.writeHead( answer.status, { 'content-type': answer.headers.get( 'content-type' ) ?? 'application/json' } ).end( await answer.text() );
		} catch {
			response.writeHead( 502 ).end();
		}
	} );
	await new Promise< void >( ( done ) => server.listen( 0, '127.0.0.1', done ) );
	return {
		url: `http://127.0.0.1:${ ( server.address() as AddressInfo ).port }`,
		deliveries,
		forwardTo( siteUrl ) {
			site = siteUrl;
		},
		repeat: ( { path, headers, body } ) => send( path, headers, body ),
		stop: () => new Promise( ( done ) => {
			server.close( () => done() );
			server.closeAllConnections();
		} ),
	};
}

function ownHeaders( headers: IncomingHttpHeaders ): Record< string, string > {
	const own = Object.entries( headers ).filter( ( [ name, value ] ) => ! HOP_BY_HOP.has( name ) && value !== undefined );
	return Object.fromEntries( own.map( ( [ name, value ] ) => [ name, String( value ) ] ) );
}
