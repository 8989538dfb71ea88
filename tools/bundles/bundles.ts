import type { Progress } from '../progress.ts';
import { buildGateway } from './gateway-bundle.ts';
import { buildPlugin } from './plugin-bundles.ts';

/** Builds what the browser and the gateway run, when its sources changed. */
export async function buildBundles( progress: Progress ): Promise< void > {
	await progress.step( 'Plugin bundles', buildPlugin );
	await progress.step( 'Gateway bundle', buildGateway );
}
