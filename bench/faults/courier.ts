import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { LOOPBACK } from '../../tools/site/ports.ts';

const MAX_DELAY_MS = 1_500;
const TIMEOUT_MS = 20_000;

type Answer = { status: number; type: string; text: string };

/** Stands between the gateway and WordPress, brings every webhook twice, and none of them in order. */
export type Courier = {
	port: number;
	brought: () => number;
	/** How often WordPress has given which answer: `200`, or the status with the code of its error. */
	answers: () => Record< string, number >;
	/** Keeps what comes from now on, whether or not the gateway waits for its answer, and brings it when it is let go. */
	hold: () => void;
	letGo: () => void;
	stop: () => Promise< void >;
};

export async function startCourier( wpUrl: string, maxDelayMs = MAX_DELAY_MS ): Promise< Courier > {
	let brought = 0;
	let held = Promise.resolve();
	let letGo = (): void => {};
	const answers: Record< string, number > = {};
	const pending = new Set< Promise< unknown > >();
	const bring = async ( request: IncomingMessage, body: Buffer ): Promise< Answer > => {
		await Promise.all( [ held, wait( maxDelayMs * Math.random() ) ] );
		brought++;
		const response = await fetch( `${ wpUrl }${ request.url ?? '' }`, {
			method: request.method ?? 'POST', headers: headersOf( request ), body: new Uint8Array( body ), redirect: 'manual', signal: AbortSignal.timeout( TIMEOUT_MS ),
		} );
		const answer = { status: response.status, type: response.headers.get( 'content-type' ) ?? 'text/plain', text: await response.text() };
		const name = `${ answer.status } ${ codeIn( answer.text ) }`.trim();
		answers[ name ] = ( answers[ name ] ?? 0 ) + 1;
		return answer;
	};
	const server = createServer( async ( request, response ) => {
		try {
			const body = await readAll( request );
			const again = bring( request, body ).catch( () => {} );
			pending.add( again );
			void again.finally( () => pending.delete( again ) );
			const { status, type, text } = await bring( request, body );
			response.writeHead( status, { 'content-type': type } ).end( text );
		} catch {
			response.destroy();
		}
	} );
	await new Promise< void >( ( done ) => server.listen( 0, LOOPBACK, () => done() ) );
	return {
		port: ( server.address() as AddressInfo ).port,
		brought: () => brought,
		hold() {
			held = new Promise( ( done ) => {
				letGo = done;
			} );
		},
		letGo: () => letGo(),
		answers: () => answers,
		async stop() {
			letGo();
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

function codeIn( text: string ): string {
	try {
		return String( ( JSON.parse( text ) as { code?: unknown } ).code ?? '' );
	} catch {
		return '(no JSON)';
	}
}

async function readAll( request: IncomingMessage ): Promise< Buffer > {
	const chunks: Buffer[] = [];
	for await ( const chunk of request ) {
		chunks.push( chunk as Buffer );
	}
	return Buffer.concat( chunks );
}
