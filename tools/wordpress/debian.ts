/**
 * WordPress out of Debian's own packages, for machines that reach those and nothing else. Works without root and
 * leaves the system's apt as it is: only the suite differs from the machine's own sources.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isThere, lastLines, run } from '../command.ts';
import { PlainError } from '../plain-error.ts';
import { copyFollowingLinks, rebaseAbsoluteLinks } from './links.ts';
import type { WordPressVersion } from './versions.ts';

const APT_TIMEOUT_MS = 5 * 60_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** WordPress, its theme, and what the links in its tree point into. */
const PACKAGES = [
	'wordpress', 'wordpress-theme-twentytwentyfive', 'php-getid3', 'libphp-phpmailer', 'libjs-lodash',
	'libjs-underscore', 'libjs-cropper', 'libjs-jquery-ui', 'ca-certificates',
];
/** Debian's wp-config.php reads /etc/wordpress, its .htaccess is Apache's. */
const LEFT_OUT = [ 'wp-config.php', '.htaccess' ];

export async function treeFromDebian( version: WordPressVersion, folder: string ): Promise< void > {
	if ( ! [ 'apt-get', 'dpkg-deb' ].every( ( program ) => isThere( program ) ) ) {
		throw new PlainError( 'Debian\'s packages (apt-get, dpkg-deb) are not here either.' );
	}
	const reasons: string[] = [];
	for ( const suite of version.suites ) {
		const work = `${ folder }.${ suite }`;
		rmSync( work, { recursive: true, force: true } );
		try {
			await fromSuite( suite, work, folder );
			return;
		} catch ( error ) {
			if ( ! ( error instanceof PlainError ) ) {
				throw error;
			}
			reasons.push( error.message );
		} finally {
			rmSync( work, { recursive: true, force: true } );
		}
	}
	throw new PlainError( reasons.join( ' ' ) );
}

async function fromSuite( suite: string, work: string, folder: string ): Promise< void > {
	const apt = join( work, 'apt' );
	const packages = join( work, 'packages' );
	const system = join( work, 'system' );
	for ( const path of [ 'parts', 'lists/partial', 'cache/archives/partial' ] ) {
		mkdirSync( join( apt, path ), { recursive: true } );
	}
	mkdirSync( packages );
	mkdirSync( system );
	writeFileSync( join( apt, 'status' ), '' );
	writeFileSync( join( apt, 'sources.list' ), `deb [signed-by=${ KEYRING }] ${ await archiveOfThisMachine() } ${ suite } main\n` );
	writeFileSync( join( apt, 'apt.conf' ), aptConfiguration( apt ) );
	await aptGet( `Debian's ${ suite } has no index here`, apt, [ 'update' ], work );
	await aptGet( `Debian's ${ suite } has no WordPress here`, apt, [ 'download', ...PACKAGES ], packages );
	for ( const name of readdirSync( packages ) ) {
		const { code, output } = await run( 'dpkg-deb', [ '-x', join( packages, name ), system ] );
		if ( code !== 0 ) {
			throw new PlainError( `${ name } could not be unpacked: ${ lastLines( output, 3 ) }` );
		}
	}
	rebaseAbsoluteLinks( system );
	writeCertificates( system );
	copyFollowingLinks( join( system, 'usr/share/wordpress' ), folder );
	copyFollowingLinks( join( system, 'var/lib/wordpress/wp-content' ), join( folder, 'wp-content' ) );
	for ( const name of LEFT_OUT ) {
		rmSync( join( folder, name ), { force: true } );
	}
}

async function archiveOfThisMachine(): Promise< string > {
	const { output } = await run( 'apt-get', [ 'indextargets', '--format', '$(REPO_URI) $(COMPONENT) $(CREATED_BY)' ] );
	for ( const line of output.split( '\n' ) ) {
		const [ address = '', component, kind ] = line.split( ' ' );
		if ( component === 'main' && kind === 'Packages' && ! address.includes( 'security' ) ) {
			return address;
		}
	}
	throw new PlainError( 'This machine\'s apt sources name no "main" archive.' );
}

async function aptGet( failure: string, apt: string, args: string[], cwd: string ): Promise< void > {
	const { code, output } = await run( 'apt-get', [ '-c', join( apt, 'apt.conf' ), '-qq', ...args ], { cwd, timeoutMs: APT_TIMEOUT_MS } );
	if ( code !== 0 ) {
		throw new PlainError( `${ failure }: ${ lastLines( output, 3 ) }` );
	}
}

/** Read after the system's own configuration: its proxy and its checks stay in force, its hooks do not. */
function aptConfiguration( apt: string ): string {
	return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
Dir::Etc::sourcelist "${ apt }/sources.list";
Dir::Etc::sourceparts "${ apt }/parts";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "${ apt }/parts";
Dir::State "${ apt }";
Dir::State::lists "${ apt }/lists";
Dir::State::status "${ apt }/status";
Dir::Cache "${ apt }/cache";
Dir::Cache::archives "${ apt }/cache/archives";
Dir::Cache::pkgcache "${ apt }/cache/pkgcache.bin";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "${ userInfo().username }";
Acquire::Languages "none";
`;
}

/** The package makes this file only when it is installed; WordPress links to it. */
function writeCertificates( system: string ): void {
	const folder = join( system, 'usr/share/ca-certificates/mozilla' );
	const all = readdirSync( folder ).filter( ( name ) => name.endsWith( '.crt' ) ).sort();
	mkdirSync( join( system, 'etc/ssl/certs' ), { recursive: true } );
	writeFileSync( join( system, 'etc/ssl/certs/ca-certificates.crt' ), all.map( ( name ) => readFileSync( join( folder, name ), 'utf8' ) ).join( '' ) );
}
