import { rmSync } from 'node:fs';
import { mustRun, nodeArgs } from '../command.ts';
import { fromRoot } from '../project.ts';
import { hashOf, onceFor } from '../stamp.ts';

const INPUTS = [ 'src', 'contract/src', 'contract/schema', 'php/src/Contract/schemas.php', 'block.json', 'webpack.config.js', 'package-lock.json' ];
const OUTPUTS = [ 'build/editor/index.js', 'build/editor/index.asset.php', 'build/admin/index.js', 'build/admin/index.asset.php' ];

/** What the browser loads, as WordPress's own build tool makes it. */
export function buildPlugin(): Promise< boolean > {
	return onceFor( 'plugin-bundles', hashOf( INPUTS ), OUTPUTS, async () => {
		// Bundles and PHP must speak of the same shapes.
		await mustRun( 'The contract', ...nodeArgs( fromRoot( 'tools/run.mjs' ), 'contract/generate.ts', '--check' ) );
		// Classic scripts and script modules come from one run; that run leaves old files lying.
		rmSync( fromRoot( 'build' ), { recursive: true, force: true } );
		const [ program, args ] = nodeArgs( fromRoot( 'node_modules/@wordpress/scripts/bin/wp-scripts.js' ), 'build', '--experimental-modules' );
		await mustRun( 'The build of the plugin', program, args, { env: { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' } } );
	} );
}
