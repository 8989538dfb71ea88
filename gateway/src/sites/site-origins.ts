import type { Site, Sites } from './site.ts';

const known = new WeakMap< Site, ReadonlySet< string > >();

/** Where the site's own pages live, as a browser says it in `Origin`. */
export function originsOf( site: Site ): ReadonlySet< string > {
	const origins = known.get( site ) ?? new Set( [ new URL( site.home ).origin, ...site.origins ] );
	known.set( site, origins );
	return origins;
}

/** Whether any site has pages there. Whose they are shows only once the request says who sent it. */
export function isOriginOfASite( sites: Sites, origin: string ): boolean {
	for ( const site of sites.values() ) {
		if ( originsOf( site ).has( origin ) ) {
			return true;
		}
	}
	return false;
}
