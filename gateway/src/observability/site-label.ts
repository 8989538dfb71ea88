import type { Sites } from '../sites/site.ts';

export const PREFIX = 'draftkeeper_';

/** Where something is left of a site that is not in the gateway's file any more. */
const GONE = '(gone)';

/** A site is one label, all blogs of its network together: networks have thousands. None but registered ones, so that nobody can make labels. */
export const siteOf = ( tenant: string, sites: Sites ): string => ( sites.get( tenant )?.site_id ?? GONE );
