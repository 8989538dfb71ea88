import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import defaults from '@wordpress/scripts/config/webpack.config.js';

const root = fileURLToPath( new URL( '.', import.meta.url ) );
const source = ( file ) => resolve( root, 'src', file );

/** Classic scripts. One editor bundle: the block and the document panel share a query cache. */
const scriptEntries = {
	'editor/index': [ source( 'blocks/index.tsx' ), source( 'editor/index.tsx' ) ],
	'admin/index': source( 'admin/main.tsx' ),
};

/** Script modules for the front end. The compilation is left out while there are none: webpack refuses an empty entry. */
const moduleEntries = {};

const [ scripts, modules ] = [ defaults ].flat();

function configuration( base, name, entry ) {
	return {
		...base,
		name,
		entry,
		output: { ...base.output, path: resolve( root, 'build' ) },
		module: {
			...base.module,
			rules: [
				...base.module.rules,
				// Schemas are pure: what a bundle does not use is dropped.
				{ include: resolve( root, 'contract/src' ), sideEffects: false },
			],
		},
		cache: {
			type: 'filesystem',
			name: `${ name }-${ base.mode }`,
			buildDependencies: { config: [ fileURLToPath( import.meta.url ) ] },
		},
		optimization: {
			...base.optimization,
			// What one lazy chunk needs stays in its file, under its name; what two tables need, DataViews above all, is in one of its own.
			splitChunks: {
				...base.optimization.splitChunks,
				cacheGroups: {
					...base.optimization.splitChunks.cacheGroups,
					defaultVendors: false,
					tables: { test: /[\\/]node_modules[\\/]/, chunks: ( chunk ) => chunk.name?.endsWith( '-table' ) ?? false, minChunks: 2, name: 'admin/dataviews' },
				},
			},
		},
		performance: { ...base.performance, hints: false },
		stats: { children: false, modules: false, entrypoints: false, assets: false },
	};
}

export default [
	configuration( scripts, 'scripts', scriptEntries ),
	...( modules && Object.keys( moduleEntries ).length > 0
		? [ configuration( modules, 'modules', moduleEntries ) ]
		: [] ),
];
