import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { LOOPBACK } from '../../tools/site/ports.ts';

const MAX_DELAY_MS = 1_500;
const TIMEOUT_MS = 20_000;

/** Stands between the gateway and WordPress, brings every webhook twice, and none of them in order. */
export type Courier = { url: string; brought: () => number; stop: () => Promise< void > };

export async function startCourier( wpUrl: string, random: () => number = Math.random ): Promise< Courier > {
	let brought = 0;
	const pending = new Set< Promise< unknown > >();
	const bring = async ( request: IncomingMessage, body: Buffer ): Promise< Response > => {
		await wait( MAX_DELAY_MS * random() );
		brought++;
		return fetch( `${ wpUrl }${ request.url ?? '' }`, {
			method: request.method ?? 'POST', headers: headersOf( request ), body: new Uint8Array( body ), redirect: 'manual', signal: AbortSignal.timeout( TIMEOUT_MS ),
		} );
	};
	const server = createServer( async ( request, response ) => {
		try {
			const body = await readAll( request );
			const again = bring( request, body ).then( ( answer ) => answer.arrayBuffer() ).catch( () => {} );
			pending.add( again );
			void again.finally( () => pending.delete( again ) );
			await answerWith( response, await bring( request, body ) );
		} catch {
			response.destroy();
		}
	} );
	await new Promise< void >( ( done ) => server.listen( 0, LOOPBACK, () => done() ) );
	return {
		url: `http://${ LOOPBACK }:${ ( server.address() as AddressInfo ).port }`,
		brought: () => brought,
		async stop() {
			await new Promise< void >( ( done ) => {
				server.close( () => done() );
				server.closeAllConnections();
			} );
			await Promise.all( pending );
		},
	};
}

const headersOf = ( { headers }: IncomingMessage ): Record< string, string > => Object.fromEntries(
	Object.entries( headers )
		.filter( ( [ name ] ) => name.startsWith( 'webhook-' ) || [ 'content-type', 'accept', 'user-agent', 'x-request-id' ].includes( name ) )
		.map( ( [ name, value ] ) => [ name, String( value ) ] )
);

async function answerWith( response: ServerResponse, answer: Response ): Promise< void > {
	const body = Buffer.from( await answer.arrayBuffer() );
	response.writeHead( answer.status, { 'content-type': answer.headers.get( 'content-type' ) ?? 'text/plain' } ).end( body );
}

async function readAll( request: IncomingMessage ): Promise< Buffer > {
	const chunks: Buffer[] = [];
	for await ( const chunk of request ) {
		chunks.push( chunk as Buffer );
	}
	return Buffer.concat( chunks );
}
