import { PlainError } from '../plain-error.ts';
import type { Progress } from '../progress.ts';
import { buildGateway } from './gateway-bundle.ts';
import { buildPlugin } from './plugin-bundles.ts';

const bundles: Record< string, [ title: string, build: () => Promise< boolean > ] > = {
	plugin: [ 'Plugin bundles', buildPlugin ],
	gateway: [ 'Gateway bundle', buildGateway ],
};

/** Builds what the browser and the gateway run, when its sources changed; only the named ones where some are named. */
export async function buildBundles( progress: Progress, names: readonly string[] = [] ): Promise< void > {
	const unknown = names.find( ( name ) => ! Object.hasOwn( bundles, name ) );
	if ( unknown !== undefined ) {
		throw new PlainError( `There is no bundle "${ unknown }"; there are ${ Object.keys( bundles ).join( ' and ' ) }.` );
	}
	for ( const [ name, [ title, build ] ] of Object.entries( bundles ) ) {
		if ( names.length === 0 || names.includes( name ) ) {
			await progress.step( title, build );
		}
	}
}
