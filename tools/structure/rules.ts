import { namedPaths } from './named-paths.ts';
import type { ProjectFiles } from './project-files.ts';

const CODE = /\.(ts|tsx|mjs|js|php|scss|css)$/;
const TEXT = /\.(ts|tsx|mjs|js|php|scss|css|json|md|txt|ini|yml|xml|dist|neon|sh)$|^\.ci\//;
const TEST = /\.test\.tsx?$|\.test-d\.ts$|\.spec\.ts$|^php\/tests\//;
const MAX_LINES = 400;
const MAX_TEST_LINES = 600;
const GENERATED_WITHIN_LINES = 5;
const PHP_GUARD = 'defined( \'ABSPATH\' ) || exit;';
const UNINSTALL_GUARD = 'defined( \'WP_UNINSTALL_PLUGIN\' ) || exit;';
/** Folders of the machines that this was written on; no user has them. */
const MACHINE_PATH = new RegExp( `(?<![\\w./-])/(${ [ 'work/(main|shared)', 'tmp/dk', 'root/' ].join( '|' ) })` );

/** One rule: what is wrong, as sentences. */
export type Rule = ( files: ProjectFiles ) => string[];

/** Each PHP test has the path of what it tests. */
export const testsMirrorSources: Rule = ( { paths } ) => {
	const all = new Set( paths );
	return paths.flatMap( ( path ) => {
		const tested = /^php\/tests\/(?:Unit|Integration)\/(.+)Test\.php$/.exec( path )?.[ 1 ];
		if ( tested === undefined || all.has( `php/src/${ tested }.php` ) || all.has( `${ tested.toLowerCase() }.php` ) ) {
			return [];
		}
		return [ `${ path } tests php/src/${ tested }.php, which does not exist.` ];
	} );
};

/** No shipped PHP file does anything when it is called on its own. */
export const shippedPhpIsGuarded: Rule = ( { paths, read } ) => paths.flatMap( ( path ) => {
	const guard = path === 'uninstall.php' ? UNINSTALL_GUARD : PHP_GUARD;
	const isShipped = path === 'uninstall.php' || path === 'draftkeeper.php' || /^php\/src\/.+\.php$/.test( path );
	return isShipped && ! read( path ).includes( guard ) ? [ `${ path } lacks ${ guard }` ] : [];
} );

export const filesAreSmall: Rule = ( { paths, read } ) => paths.filter( ( path ) => CODE.test( path ) ).flatMap( ( path ) => {
	const lines = read( path ).split( '\n' );
	const limit = TEST.test( path ) ? MAX_TEST_LINES : MAX_LINES;
	const isGenerated = lines.slice( 0, GENERATED_WITHIN_LINES ).some( ( line ) => line.includes( '@generated' ) );
	return lines.length - 1 > limit && ! isGenerated ? [ `${ path } has ${ lines.length - 1 } lines; ${ limit } is the limit.` ] : [];
} );

export const noMachinePaths: Rule = ( { paths, read } ) => paths.filter( ( path ) => TEXT.test( path ) && path !== 'package-lock.json' ).flatMap( ( path ) =>
	read( path ).split( '\n' ).flatMap( ( line, index ) => {
		const found = MACHINE_PATH.exec( line )?.[ 0 ];
		return found === undefined ? [] : [ `${ path }:${ index + 1 } names ${ found }, a folder of one machine.` ];
	} )
);

export const rules: readonly Rule[] = [ namedPaths, testsMirrorSources, shippedPhpIsGuarded, filesAreSmall, noMachinePaths ];
