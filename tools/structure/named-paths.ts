import type { ProjectFiles } from './project-files.ts';

const DOCUMENT = 'ARCHITECTURE.md';
const EXTENSION = /\.(ts|tsx|mjs|js|php|json|md|scss|sql|ini|txt|yml)$/;
const PATH_LIKE = /^[\w.@-][\w.@-]*(\/[\w.@*{},-]+)*\/?$/;
const TREE_LINES = /^[\s│├└─]*/;

/** Every path that ARCHITECTURE.md names, in its text or in a drawn tree, is there. */
export function namedPaths( files: ProjectFiles ): string[] {
	if ( ! files.paths.includes( DOCUMENT ) ) {
		return [];
	}
	const known = knownPaths( files.paths );
	const problems: string[] = [];
	const parents: { indent: number; path: string }[] = [];
	let isInFence = false;
	files.read( DOCUMENT ).split( '\n' ).forEach( ( line, index ) => {
		if ( line.startsWith( '```' ) ) {
			isInFence = ! isInFence;
			parents.length = 0;
			return;
		}
		const missing = isInFence ? missingInTree( line, parents, known ) : missingInText( line, known );
		problems.push( ...missing.map( ( path ) => `${ DOCUMENT }:${ index + 1 } names ${ path }, which does not exist.` ) );
	} );
	return problems;
}

function missingInText( line: string, known: Known ): string[] {
	const spans = [ ...line.matchAll( /`([^`]+)`/g ), ...line.matchAll( /\]\(([^)#:]+)(?:#[^)]*)?\)/g ) ].map( ( match ) => match[ 1 ] ?? '' );
	return spans.flatMap( expandBraces ).filter( ( span ) => isPath( span, known ) && ! exists( span, known ) );
}

function missingInTree( line: string, parents: { indent: number; path: string }[], known: Known ): string[] {
	const indent = TREE_LINES.exec( line )?.[ 0 ].length ?? 0;
	const tokens = line.slice( indent ).split( /\s{2,}|\s+#/ )[ 0 ]?.split( /\s+/ ) ?? [];
	const missing: string[] = [];
	let last: string | undefined;
	for ( const token of tokens.flatMap( expandBraces ) ) {
		if ( ! PATH_LIKE.test( token ) || ! ( token.includes( '/' ) || EXTENSION.test( token ) ) ) {
			break;
		}
		while ( parents.length > 0 && ( parents.at( -1 )?.indent ?? 0 ) >= indent ) {
			parents.pop();
		}
		const under = parents.at( -1 );
		const nested = under === undefined ? token : `${ under.path }/${ token }`;
		const found = [ nested, token ].find( ( path ) => exists( path, known ) );
		if ( found === undefined ) {
			missing.push( nested );
		}
		last = trimmed( found ?? nested );
	}
	if ( last !== undefined ) {
		parents.push( { indent, path: last } );
	}
	return missing;
}

type Known = { paths: ReadonlySet< string >; names: ReadonlySet< string >; tops: ReadonlySet< string > };

function knownPaths( paths: readonly string[] ): Known {
	const all = new Set< string >();
	for ( const path of paths ) {
		const parts = path.split( '/' );
		parts.forEach( ( _part, index ) => all.add( parts.slice( 0, index + 1 ).join( '/' ) ) );
	}
	return {
		paths: all,
		names: new Set( paths.map( ( path ) => path.split( '/' ).at( -1 ) ?? path ) ),
		tops: new Set( paths.map( ( path ) => path.split( '/' )[ 0 ] ?? path ) ),
	};
}

/** `draftkeeper/v1` is a namespace, `text/html` a type: only what starts in one of our folders, or ends like a file, is a path. */
function isPath( span: string, known: Known ): boolean {
	if ( ! PATH_LIKE.test( span ) ) {
		return false;
	}
	return span.includes( '/' ) ? known.tops.has( span.split( '/' )[ 0 ] ?? '' ) : EXTENSION.test( span );
}

function exists( span: string, known: Known ): boolean {
	const path = trimmed( span );
	if ( path.includes( '*' ) ) {
		const pattern = new RegExp( `^${ path.replaceAll( /[.+^${}()|[\]\\]/g, '\\$&' ).replaceAll( '*', '[^/]*' ) }$` );
		return [ ...known.paths ].some( ( candidate ) => pattern.test( candidate ) );
	}
	return known.paths.has( path ) || ( ! path.includes( '/' ) && known.names.has( path ) ) || isMade( path );
}

/** What a build or a run makes is not in a fresh clone. */
const isMade = ( path: string ): boolean => /^(build|vendor|node_modules|\.state|\.cache|test-results|gateway\/dist)(\/|$)/.test( path );

const trimmed = ( span: string ): string => span.replace( /\/$/, '' );

function expandBraces( span: string ): string[] {
	const match = /^(.*)\{([^{}]+)\}(.*)$/.exec( span );
	return match === null ? [ span ] : ( match[ 2 ] ?? '' ).split( ',' ).map( ( part ) => `${ match[ 1 ] }${ part.trim() }${ match[ 3 ] }` );
}
