import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = join( dirname( fileURLToPath( import.meta.url ) ), '..' );

/** What is dear to get and the same for every run: WordPress trees, stamps. */
export const cacheFolder = process.env.DRAFTKEEPER_CACHE || join( root, '.cache' );

/** What belongs to the developer's own site, kept between runs. */
export const stateFolder = join( root, '.state' );

export const fromRoot = ( ...parts: string[] ): string => join( root, ...parts );
