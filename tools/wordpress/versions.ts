export type WordPressName = '7.1' | '6.8';

export type WordPressVersion = {
	name: WordPressName;
	/** The release fetched from wordpress.org. */
	release: string;
	/** Debian suites that hold it, tried in turn. */
	suites: readonly string[];
	/** Whether a newer minor version will do: the newest one moves on, the oldest must stay. */
	mayBeNewer: boolean;
};

/** What is tested: the newest WordPress, and the oldest that is supported. */
export const wordPressVersions: Record< WordPressName, WordPressVersion > = {
	7.1: { name: '7.1', release: '7.1.4', suites: [ 'sid', 'forky' ], mayBeNewer: true },
	6.8: { name: '6.8', release: '6.8.12', suites: [ 'trixie' ], mayBeNewer: false },
};

/** Whether a tree's version ("7.1.4") serves for the wanted one. */
export function serves( wanted: WordPressVersion, found: string ): boolean {
	if ( found === wanted.name || found.startsWith( `${ wanted.name }.` ) ) {
		return true;
	}
	return wanted.mayBeNewer && found.localeCompare( wanted.name, 'en', { numeric: true } ) > 0;
}
