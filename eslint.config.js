import wordpress from '@wordpress/eslint-plugin';
import comments from '@eslint-community/eslint-plugin-eslint-comments';

const typescript = [ '**/*.ts', '**/*.tsx' ];
const browser = [ 'src/**/*.ts', 'src/**/*.tsx' ];
const tests = [ '**/*.test.ts', '**/*.test.tsx', '**/*.test-d.ts', 'src/testing/**', 'gateway/test/**' ];

// The formatting rules of the WordPress standard stay; Prettier's line filling goes.
const standard = wordpress.configs.recommended.filter( ( config ) => ! config.plugins?.prettier && config.rules?.indent !== 'off' );

/**
 * The arrows: contract → api → blocks | editor | admin, ui → the same three, which never import each other.
 * Each zone names what a folder may not import.
 */
const zones = [
	{ target: './contract', from: [ './src', './gateway', './tools', './e2e' ], message: 'contract imports zod and nothing of ours.' },
	{ target: './gateway', from: [ './src', './tools', './e2e' ], message: 'gateway imports only contract.' },
	{ target: './src', from: [ './gateway', './tools', './e2e' ], message: 'The browser code imports only contract.' },
	{ target: './src/api', from: [ './src/ui', './src/blocks', './src/editor', './src/admin' ], message: 'api imports only contract.' },
	{ target: './src/ui', from: [ './src/blocks', './src/editor', './src/admin' ], message: 'ui knows no feature.' },
	{ target: './src/blocks', from: [ './src/editor', './src/admin' ], message: 'Features never import each other.' },
	{ target: './src/editor', from: [ './src/blocks', './src/admin' ], message: 'Features never import each other.' },
	{ target: './src/admin', from: [ './src/blocks', './src/editor' ], message: 'Features never import each other.' },
];

export default [
	{
		ignores: [
			'**/node_modules/**', '**/build/**', '**/dist/**', 'vendor/**', '.state/**', '.cache/**',
			'test-results/**', 'playwright-report/**', 'contract/schema/**', 'tools/demo/**/*.js',
		],
	},
	...standard,
	{
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		plugins: { '@eslint-community/eslint-comments': comments },
		rules: {
			'@eslint-community/eslint-comments/require-description': 'error',
			'@eslint-community/eslint-comments/no-unlimited-disable': 'error',
			'import/no-restricted-paths': [ 'error', { zones } ],
			'import/no-extraneous-dependencies': 'off',
			'jsdoc/require-param': 'off',
			'jsdoc/require-returns': 'off',
			'jsdoc/check-tag-names': 'off',
			'comma-dangle': [ 'error', {
				arrays: 'always-multiline', objects: 'always-multiline', imports: 'always-multiline', exports: 'always-multiline', functions: 'ignore',
			} ],
			'max-len': [ 'error', {
				code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreComments: true,
			} ],
			'max-lines': [ 'error', { max: 400 } ],
			'no-console': 'error',
			// The compiler knows better.
			'no-mixed-operators': 'off',
			'no-undef': 'off',
			'no-unused-vars': 'off',
			'import/no-unresolved': 'off',
			'import/default': 'off',
			'import/named': 'off',
		},
	},
	{
		files: browser,
		rules: { '@wordpress/i18n-text-domain': [ 'error', { allowedTextDomain: 'draftkeeper' } ] },
	},
	{
		files: typescript,
		rules: {
			camelcase: 'off',
			'dot-notation': 'off',
			// The core rule does not know type syntax.
			indent: 'off',
			'no-redeclare': 'off',
			'no-use-before-define': 'off',
			'import/no-default-export': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': [ 'error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true } ],
			'@typescript-eslint/consistent-type-imports': [ 'error', { fixStyle: 'inline-type-imports' } ],
		},
	},
	{
		files: browser,
		rules: {
			'no-restricted-globals': [ 'error', { name: 'fetch', message: 'api/client.ts is the only place that talks to WordPress, api/stream.ts the only one that talks to the gateway.' } ],
		},
	},
	{ files: [ 'src/api/client.ts', 'src/api/stream.ts' ], rules: { 'no-restricted-globals': 'off' } },
	{
		files: [ 'gateway/**', 'contract/**', 'tools/**', 'e2e/**' ],
		rules: {
			'react-hooks/rules-of-hooks': 'off',
			'no-bitwise': 'off',
			'@wordpress/no-unused-vars-before-return': 'off',
		},
	},
	{ files: [ 'tools/**', 'gateway/src/cli.ts', 'contract/generate.ts' ], rules: { 'no-console': 'off' } },
	{ files: tests, rules: { 'max-lines': [ 'error', { max: 600 } ] } },
	{
		// Tools that want a default export from their configuration.
		files: [ '**/*.config.ts', '**/*.config.js' ],
		rules: { 'import/no-default-export': 'off' },
	},
];
