import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Meter, silentMeter } from './meter.ts';
import type { Stock } from './stock-figures.ts';

export type MetricsConfig = { host: string; port: number };

export type Metrics = { meter: Meter; port: number | null; close: () => Promise< void > };

/** Counts, and shows the figures at `GET /metrics` on a port of their own; without a configuration neither. */
export async function openMetrics( config: MetricsConfig | null, stock: Stock ): Promise< Metrics > {
	if ( config === null ) {
		return { meter: silentMeter, port: null, close: async () => {} };
	}
	// Nothing of it is loaded where nobody reads it.
	const { PrometheusMeter } = await import( './prometheus-meter.ts' );
	const meter = new PrometheusMeter( stock );
	const server = createServer( ( request, response ) => {
		if ( request.method !== 'GET' || request.url?.split( '?', 1 )[ 0 ] !== '/metrics' ) {
			response.writeHead( 404 ).end();
			return;
		}
		void meter.figures().then( ( text ) => response.writeHead( 200, { 'content-type': meter.registry.contentType } ).end( text ) );
	} );
	await new Promise< void >( ( done, fail ) => {
		server.once( 'error', fail );
		server.listen( config.port, config.host, () => done() );
	} );
	return {
		meter,
		port: ( server.address() as AddressInfo ).port,
		close: () => new Promise( ( done ) => {
			server.close( () => done() );
			server.closeAllConnections();
		} ),
	};
}
