import AdmZip from 'adm-zip';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlainError } from '../plain-error.ts';
import type { WordPressVersion } from './versions.ts';

const DOWNLOADS = 'https://wordpress.org';
/** Where there is no network this is all that is lost. */
const ANSWER_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** The release's zip from wordpress.org, checked against the hash published beside it. */
export async function treeFromRelease( version: WordPressVersion, folder: string, downloads = DOWNLOADS ): Promise< void > {
	const address = `${ downloads }/wordpress-${ version.release }.zip`;
	const zip = await download( address );
	const wanted = ( await download( `${ address }.sha1` ) ).toString( 'utf8' ).trim().slice( 0, 40 );
	if ( createHash( 'sha1' ).update( zip ).digest( 'hex' ) !== wanted ) {
		throw new PlainError( `What came from ${ address } is not what was published (its hash differs).` );
	}
	const unpacked = mkdtempSync( join( tmpdir(), 'draftkeeper-wordpress-' ) );
	try {
		new AdmZip( zip ).extractAllTo( unpacked, true );
		cpSync( join( unpacked, 'wordpress' ), folder, { recursive: true } );
	} finally {
		rmSync( unpacked, { recursive: true, force: true } );
	}
}

async function download( address: string ): Promise< Buffer > {
	const abort = new AbortController();
	const noAnswer = setTimeout( () => abort.abort(), ANSWER_TIMEOUT_MS );
	let answer: Response;
	try {
		answer = await fetch( address, { signal: AbortSignal.any( [ abort.signal, AbortSignal.timeout( DOWNLOAD_TIMEOUT_MS ) ] ) } );
	} catch {
		throw new PlainError( 'wordpress.org cannot be reached from here.' );
	} finally {
		clearTimeout( noAnswer );
	}
	if ( ! answer.ok ) {
		throw new PlainError( `${ address } answered ${ answer.status }.` );
	}
	try {
		return Buffer.from( await answer.arrayBuffer() );
	} catch {
		throw new PlainError( `The download of ${ address } broke off.` );
	}
}
