import { describe, expect, it } from 'vitest';
import { namedPaths } from './named-paths.ts';
import type { ProjectFiles } from './project-files.ts';

const project = ( contents: Record< string, string > ): ProjectFiles => ( {
	paths: Object.keys( contents ),
	read: ( path ) => contents[ path ] ?? '',
} );

describe( 'the paths that ARCHITECTURE.md names', () => {
	const tree = { 'php/src/Jobs/JobStore.php': '', 'php/src/Jobs/Job.php': '', 'src/api/client.ts': '', 'e2e/stop.spec.ts': '' };

	it( 'may be files, folders, file names, patterns and brace lists that exist', () => {
		const text = 'See `php/src/Jobs/JobStore.php`, `src/api`, `JobStore.php`, `e2e/*.spec.ts`, [the client](src/api/client.ts) and `php/src/Jobs/{Job,JobStore}.php`.';
		expect( namedPaths( project( { ...tree, 'ARCHITECTURE.md': text } ) ) ).toEqual( [] );
	} );

	it( 'are reported with their line when they are gone', () => {
		const text = 'One line.\nSee `php/src/Jobs/JobQueue.php`, `Gone.php` and [this](src/api/gone.ts).';
		expect( namedPaths( project( { ...tree, 'ARCHITECTURE.md': text } ) ) ).toEqual( [
			'ARCHITECTURE.md:2 names php/src/Jobs/JobQueue.php, which does not exist.',
			'ARCHITECTURE.md:2 names Gone.php, which does not exist.',
			'ARCHITECTURE.md:2 names src/api/gone.ts, which does not exist.',
		] );
	} );

	it( 'are not namespaces, media types, routes or code', () => {
		const text = '`draftkeeper/v1`, `text/html`, `POST /jobs`, `GET|DELETE /jobs/{uuid}`, `Plugin::boot()`, `draftkeeper_sweep`, `build/editor/index.js`';
		expect( namedPaths( project( { ...tree, 'ARCHITECTURE.md': text } ) ) ).toEqual( [] );
	} );

	it( 'are read from a drawn tree, each under its parent', () => {
		const drawn = [ '```', 'php/src/', '├── Jobs/          the life of a job', '│   ├── Job.php      one job', '│   └── Gone.php     was here', 'src/api/          the only fetch', '```' ].join( '\n' );
		expect( namedPaths( project( { ...tree, 'ARCHITECTURE.md': drawn } ) ) ).toEqual( [ 'ARCHITECTURE.md:5 names php/src/Jobs/Gone.php, which does not exist.' ] );
	} );

	it( 'are read from an indented tree with several names in one line', () => {
		const drawn = [ '```', 'php/src/', '  Jobs/   Job and JobStore', '    Job.php JobStore.php Gone.php  three files', '```' ].join( '\n' );
		expect( namedPaths( project( { ...tree, 'ARCHITECTURE.md': drawn } ) ) ).toEqual( [ 'ARCHITECTURE.md:4 names php/src/Jobs/Gone.php, which does not exist.' ] );
	} );
} );
