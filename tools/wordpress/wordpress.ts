import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../file-lock.ts';
import { PlainError, sentenceFor } from '../plain-error.ts';
import { cacheFolder } from '../project.ts';
import { treeFromDebian } from './debian.ts';
import { treeFromRelease } from './release.ts';
import { serves, type WordPressName, type WordPressVersion, wordPressVersions } from './versions.ts';

/** Puts a whole WordPress tree into an empty folder. */
export type TreeSource = ( version: WordPressVersion, folder: string ) => Promise< void >;

export type WordPressTree = { path: string; version: string };

/** A WordPress tree in the cache, got once; it is read only. */
export async function wordPress(
	name: WordPressName,
	note: ( text: string ) => void = () => {},
	sources: readonly TreeSource[] = [ treeFromRelease, treeFromDebian ],
	cache = cacheFolder
): Promise< WordPressTree > {
	const folder = join( cache, 'wordpress' );
	const path = join( folder, name );
	const ready = versionOf( path );
	if ( ready !== null ) {
		return { path, version: ready };
	}
	return withLock( join( folder, `${ name }.lock` ), async () => {
		const found = versionOf( path );
		if ( found !== null ) {
			return { path, version: found };
		}
		return { path, version: await obtain( wordPressVersions[ name ], path, note, sources ) };
	} );
}

async function obtain( version: WordPressVersion, path: string, note: ( text: string ) => void, sources: readonly TreeSource[] ): Promise< string > {
	const part = `${ path }.part`;
	const reasons: string[] = [];
	for ( const source of sources ) {
		rmSync( part, { recursive: true, force: true } );
		mkdirSync( part, { recursive: true } );
		try {
			await source( version, part );
			const found = versionOf( part );
			if ( found === null || ! serves( version, found ) ) {
				throw new PlainError( `it gave WordPress ${ found ?? 'nothing' }` );
			}
			rmSync( path, { recursive: true, force: true } );
			renameSync( part, path );
			return found;
		} catch ( error ) {
			reasons.push( error instanceof PlainError ? error.message : sentenceFor( error ) );
			note( reasons.at( -1 ) ?? '' );
		}
	}
	rmSync( part, { recursive: true, force: true } );
	throw new PlainError( `WordPress ${ version.name } could not be got. ${ reasons.join( ' ' ) } Connect to the internet once, or unpack WordPress ${ version.release } into ${ path }.` );
}

/** The version of a whole tree; null when it is none. */
export function versionOf( path: string ): string | null {
	const file = join( path, 'wp-includes', 'version.php' );
	if ( ! existsSync( file ) || ! existsSync( join( path, 'wp-load.php' ) ) ) {
		return null;
	}
	return /^\$wp_version\s*=\s*'([^']+)'/m.exec( readFileSync( file, 'utf8' ) )?.[ 1 ] ?? null;
}
