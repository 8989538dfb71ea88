import type { Clock } from './clock.ts';
import type { GatewayFile } from './gateway-file.ts';
import { createModels } from './providers/create-models.ts';
import type { Model } from './providers/models.ts';
import type { ReplaceableMap } from './replaceable-map.ts';
import type { Site } from './sites/site.ts';

export type FollowFileDeps = { sites: ReplaceableMap< Site >; models: ReplaceableMap< Model >; clock: Clock };

/**
 * Puts to use what the file says now. Providers are built anew only where something about them or their models has changed:
 * calls under way end at the old ones, and what the new ones know of their provider's health begins at nothing.
 */
export function followFile( first: GatewayFile, { sites, models, clock }: FollowFileDeps ): ( file: GatewayFile ) => void {
	let current = first;
	return ( file ) => {
		if ( JSON.stringify( [ file.providers, file.models ] ) !== JSON.stringify( [ current.providers, current.models ] ) ) {
			models.replace( createModels( file, clock ) );
		}
		sites.replace( file.sites );
		current = file;
	};
}
