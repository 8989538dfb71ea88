import { existsSync } from 'node:fs';
import { isThere, lastLines, run } from '../command.ts';
import { fromRoot } from '../project.ts';
import { hashOf, onceFor } from '../stamp.ts';
import { CannotRun } from './leg.ts';

const TIMEOUT_MS = 10 * 60_000;
const OUTPUT = 'vendor/autoload.php';

/** PHPUnit, PHPStan and the coding standard: installed once per composer.json. */
export async function ensureVendor(): Promise< void > {
	await onceFor( 'composer', hashOf( [ 'composer.json' ] ), [ OUTPUT ], async () => {
		if ( ! isThere( 'composer' ) ) {
			if ( existsSync( fromRoot( OUTPUT ) ) ) {
				return;
			}
			throw new CannotRun( 'Install PHP and Composer (getcomposer.org), so that PHPUnit and PHPStan can be installed.' );
		}
		const { code, output } = await run( 'composer', [ 'install', '--no-interaction', '--no-progress', '--quiet' ], {
			env: { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1' },
			timeoutMs: TIMEOUT_MS,
		} );
		if ( code !== 0 ) {
			throw new CannotRun( `composer install failed: ${ lastLines( output, 6 ) }` );
		}
	} );
}
