import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** How much room there is on the disk of a file. */
export function freeBytesBeside( file: string ): ( () => Promise< number > ) | undefined {
	if ( file === ':memory:' ) {
		return undefined;
	}
	const folder = dirname( resolve( file ) );
	return async () => {
		const { bavail, bsize } = await statfs( folder );
		return bavail * bsize;
	};
}
