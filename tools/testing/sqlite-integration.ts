import AdmZip from 'adm-zip';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fromRoot } from '../project.ts';
import { hashOf } from '../stamp.ts';

const ZIP = 'node_modules/@wp-playground/cli/sqlite-database-integration.zip';
const HASH_LENGTH = 12;

/** WordPress's SQLite integration plugin, the same one that Playground brings. */
export function sqliteIntegration(): string {
	const folder = join( cacheFolder, `sqlite-${ hashOf( [ ZIP ] ).slice( 0, HASH_LENGTH ) }` );
	if ( ! existsSync( folder ) ) {
		const part = `${ folder }.${ process.pid }`;
		rmSync( part, { recursive: true, force: true } );
		mkdirSync( part, { recursive: true } );
		new AdmZip( fromRoot( ZIP ) ).extractAllTo( part, true );
		renameSync( part, folder );
	}
	return join( folder, 'plugin-sqlite-database-integration' );
}
