import { hostname } from 'node:os';
import type { AuditLog } from './audit/audit-log.ts';
import { changesOfFile } from './audit/file-changes.ts';
import type { Clock } from './clock.ts';
import type { GatewayFile } from './gateway-file.ts';
import type { Logger } from './observability/logger.ts';
import type { Meter } from './observability/meter.ts';
import { loadAhead } from './policy/load-ahead.ts';
import { createModels } from './providers/create-models.ts';
import type { Model } from './providers/models.ts';
import type { ReplaceableMap } from './replaceable-map.ts';
import type { Site } from './sites/site.ts';

export type FollowFileDeps = {
	sites: ReplaceableMap< Site >;
	models: ReplaceableMap< Model >;
	/** Where it is filed what the file has changed, whoever has changed the file. */
	audit: Pick< AuditLog, 'append' >;
	clock: Clock;
	logger: Logger;
	meter?: Meter;
};

/**
 * Puts to use what the file says now. Providers are built anew only where something about them or their models has changed:
 * calls under way end at the old ones, and what the new ones know of their provider's health begins at nothing.
 */
export function followFile( first: GatewayFile, { sites, models, audit, ...deps }: FollowFileDeps ): ( file: GatewayFile ) => void {
	let current = first;
	return ( file ) => {
		if ( JSON.stringify( whatMakesModels( file ) ) !== JSON.stringify( whatMakesModels( current ) ) ) {
			models.replace( createModels( file, deps ) );
		}
		sites.replace( file.sites );
		void loadAhead( file.sites, models );
		void fileChanges( { audit, ...deps }, current, file );
		current = file;
	};
}

/** What is in force is in force, also where that cannot be filed. */
async function fileChanges( { audit, clock, logger }: Pick< FollowFileDeps, 'audit' | 'clock' | 'logger' >, before: GatewayFile, after: GatewayFile ): Promise< void > {
	for ( const change of changesOfFile( before, after ) ) {
		try {
			await audit.append( { actor: `file:${ hostname() }`, ...change, at: clock.now() } );
		} catch ( error ) {
			logger.error( { ...change, err: error }, 'change of the file is missing in the audit log' );
		}
	}
}

const whatMakesModels = ( { providers, models, worker_concurrency }: GatewayFile ) => ( { providers, models, worker_concurrency } );
