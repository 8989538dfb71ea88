import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { patience } from '../vitest.patience.ts';

const modules = fileURLToPath( new URL( '../node_modules/', import.meta.url ) );
const fakes = fileURLToPath( new URL( './testing/', import.meta.url ) );

/** Node cannot import the ESM builds of @wordpress packages that load JSON, so tests take the CommonJS ones. */
const wordPressCommonJs: Plugin = {
	name: 'wordpress-commonjs',
	enforce: 'pre',
	resolveId( source ) {
		const name = /^(@wordpress\/[a-z0-9-]+)$/.exec( source )?.[ 1 ];
		const file = `${ modules }${ name }/build/index.cjs`;
		return name && existsSync( file ) ? file : null;
	},
};

export default defineConfig( {
	plugins: [ wordPressCommonJs ],
	resolve: {
		alias: {
			// WordPress supplies the block editor at run time; its packages are not installed.
			'@wordpress/block-editor': `${ fakes }block-editor-fake.tsx`,
		},
	},
	test: {
		...patience,
		name: 'src',
		include: [ '**/*.test.{ts,tsx}' ],
		environment: 'jsdom',
		css: false,
		environmentOptions: { jsdom: { url: 'https://shop.example/wp-admin/' } },
		setupFiles: [ `${ fakes }setup.ts` ],
		restoreMocks: true,
		// Most of the time went into new environments; what tests share, they reset.
		isolate: false,
	},
} );
