import { nodeArgs, run } from '../command.ts';
import { sentenceFor } from '../plain-error.ts';
import { fromRoot } from '../project.ts';
import { buildGateway } from '../bundles/gateway-bundle.ts';
import { buildPlugin } from '../bundles/plugin-bundles.ts';
import { ensureVendor } from '../testing/composer.ts';
import { CannotRun } from '../testing/leg.ts';
import { nativePhp } from '../testing/system.ts';

/** One static check: `null` when all is well, else what is wrong. */
export type Check = { name: string; run: ( mayFix: boolean ) => Promise< string | null > };

const TYPE_PROJECTS = [ 'contract', 'gateway', '.', 'tools', 'bench' ];
const nodeCommand = ( script: string, ...args: string[] ) => (): Promise< string | null > => outcome( ...nodeArgs( fromRoot( script ), ...args ) );

export const checks: readonly Check[] = [
	{ name: 'contract is generated', run: ( mayFix ) => nodeCommand( 'tools/run.mjs', 'contract/generate.ts', ...( mayFix ? [] : [ '--check' ] ) )() },
	{
		name: 'OpenAPI document is current',
		run: ( mayFix ) => nodeCommand( 'tools/run.mjs', 'gateway/generate-openapi.ts', ...( mayFix ? [] : [ '--check' ] ) )(),
	},
	{ name: 'translations are generated', run: ( mayFix ) => nodeCommand( 'tools/run.mjs', 'tools/translations.ts', ...( mayFix ? [] : [ '--check' ] ) )() },
	...TYPE_PROJECTS.map( ( project ): Check => ( {
		name: `types (${ project === '.' ? 'src' : project })`,
		run: nodeCommand( 'node_modules/typescript/bin/tsc', '--project', fromRoot( project, 'tsconfig.json' ), '--noEmit' ),
	} ) ),
	{
		name: 'ESLint',
		run: ( mayFix ) => nodeCommand( 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0', '--cache', '--cache-location', '.cache/eslint', ...( mayFix ? [ '--fix' ] : [] ) )(),
	},
	{
		name: 'stylelint',
		run: ( mayFix ) => nodeCommand( 'node_modules/stylelint/bin/stylelint.mjs', 'src/**/*.scss', ...( mayFix ? [ '--fix' ] : [] ) )(),
	},
	{ name: 'structure', run: nodeCommand( 'tools/run.mjs', 'tools/check-structure.ts' ) },
	{
		name: 'PHPStan',
		run: () => withPhp( 'vendor/bin/phpstan', 'analyse', '--no-progress', '--memory-limit=1G' ),
	},
	{
		name: 'PHP coding standard',
		run: async ( mayFix ) => {
			if ( mayFix ) {
				await withPhp( 'vendor/bin/phpcbf', '-q' );
			}
			return withPhp( 'vendor/bin/phpcs', '-q' );
		},
	},
	{ name: 'plugin bundles', run: () => built( buildPlugin ) },
	{ name: 'gateway bundle', run: () => built( buildGateway ) },
];

async function withPhp( script: string, ...args: string[] ): Promise< string | null > {
	const php = nativePhp();
	if ( php === null ) {
		throw new CannotRun( 'Install PHP 8.2 or newer with its command line, and unset DRAFTKEEPER_PHP.' );
	}
	await ensureVendor();
	return outcome( php.program, [ '-d', 'memory_limit=1G', fromRoot( script ), ...args ] );
}

async function built( build: () => Promise< boolean > ): Promise< string | null > {
	try {
		await build();
		return null;
	} catch ( error ) {
		return sentenceFor( error );
	}
}

async function outcome( program: string, args: readonly string[] ): Promise< string | null > {
	const { code, output } = await run( program, args );
	return code === 0 ? null : output.trim() || `ended with ${ code }`;
}
