import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGateway } from '../../tools/bundles/gateway-bundle.ts';
import { fromRoot } from '../../tools/project.ts';
import { gatewayConfig, WEBHOOK_SECRET_ENV } from '../../tools/site/gateway-config.ts';
import { LOOPBACK } from '../../tools/site/ports.ts';
import { ownFolder, requireReadable } from './ownership.ts';
import { Service } from './processes.ts';
import type { State } from './state.ts';

const READY_TIMEOUT_MS = 1_000;
/** A run may hold calls for as long as it measures: a job whose call timed out is another one to whoever polls it. */
const HELD_MS = 300_000;
/** The model that the runs answer themselves, at the provider's port: they decide when, and count. */
export const SLOW_MODEL = 'bench';

export const gatewayDatabase = ( state: State ): string => join( state.folder, 'gateway', 'gateway.sqlite' );

export function gateway( state: State, port = state.ports.gateway ): Service {
	return new Service( state, {
		name: 'gateway',
		account: 'www-data',
		command: [ process.execPath, fromRoot( 'gateway/dist/server.js' ) ],
		env: {
			DRAFTKEEPER_GATEWAY_CONFIG: join( state.run, 'gateway.json' ),
			DRAFTKEEPER_DATABASE: gatewayDatabase( state ),
			DRAFTKEEPER_GATEWAY_ORIGIN: state.gatewayUrl,
			[ WEBHOOK_SECRET_ENV ]: state.keys.webhook_secret,
			HOST: LOOPBACK,
			PORT: String( port ),
			LOG_LEVEL: 'warn',
		},
		// Ctrl+C's way: what still runs at a provider is not waited for.
		stopSignal: 'SIGINT',
		isReady: async () => ( await fetch( `${ state.gatewayUrl }/readyz`, { signal: AbortSignal.timeout( READY_TIMEOUT_MS ) } ).catch( () => null ) )?.ok === true,
	} );
}

/** `wpUrl` is where results are delivered, when something stands between the two. */
export async function configureGateway( state: State, wpUrl: string = state.wpUrl ): Promise< void > {
	await buildGateway();
	requireReadable( fromRoot( 'gateway/dist/server.js' ), 'www-data' );
	ownFolder( join( state.folder, 'gateway' ), 'www-data' );
	const upstream = { model: SLOW_MODEL, base_url: state.providerUrl, needsKey: false, inputPrice: 1, outputPrice: 2 };
	const config = gatewayConfig( { keys: state.keys, wpUrl: state.wpUrl, restUrl: `${ wpUrl }/wp-json/`, upstream, defaultModel: 'sample' } );
	const { local } = config.providers;
	const providers = { ...config.providers, local: { ...local, first_token_ms: HELD_MS, overall_ms: HELD_MS } };
	writeFileSync( join( state.run, 'gateway.json' ), JSON.stringify( { ...config, providers }, null, '\t' ) );
}
