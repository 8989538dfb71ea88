import { describe, expect, it } from 'vitest';
import type { ProjectFiles } from './project-files.ts';
import { filesAreSmall, noMachinePaths, shippedPhpIsGuarded, testsMirrorSources } from './rules.ts';

const project = ( contents: Record< string, string > ): ProjectFiles => ( {
	paths: Object.keys( contents ),
	read: ( path ) => contents[ path ] ?? '',
} );
const guarded = '<?php\ndefined( \'ABSPATH\' ) || exit;\n';

describe( 'PHP tests', () => {
	it( 'have the path of what they test', () => {
		const paths = { 'php/src/Jobs/Job.php': '', 'uninstall.php': '', 'php/tests/Unit/Jobs/JobTest.php': '', 'php/tests/Integration/UninstallTest.php': '', 'php/tests/Unit/Jobs/GoneTest.php': '' };
		expect( testsMirrorSources( project( paths ) ) ).toEqual( [ 'php/tests/Unit/Jobs/GoneTest.php tests php/src/Jobs/Gone.php, which does not exist.' ] );
	} );
} );

describe( 'shipped PHP', () => {
	it( 'refuses to run on its own', () => {
		const files = { 'draftkeeper.php': guarded, 'php/src/Plugin.php': '<?php', 'php/tests/bootstrap.php': '<?php', 'uninstall.php': guarded };
		expect( shippedPhpIsGuarded( project( files ) ) ).toEqual( [
			'php/src/Plugin.php lacks defined( \'ABSPATH\' ) || exit;',
			'uninstall.php lacks defined( \'WP_UNINSTALL_PLUGIN\' ) || exit;',
		] );
	} );
} );

describe( 'files', () => {
	it( 'stay small, tests may be longer, generated ones are as long as they are', () => {
		const long = 'line\n'.repeat( 401 );
		const files = { 'src/long.ts': long, 'src/short.ts': 'line\n'.repeat( 400 ), 'src/long.test.ts': long, 'php/src/made.php': `<?php\n// @generated\n${ long }` };
		expect( filesAreSmall( project( files ) ) ).toEqual( [ 'src/long.ts has 401 lines; 400 is the limit.' ] );
	} );

	it( 'name no folder of the machine they were written on', () => {
		const files = { 'README.md': [ 'fine: /home/you/work', `bad: ${ [ '', 'work', 'main', 'x' ].join( '/' ) }` ].join( '\n' ), 'picture.png': [ '', 'tmp', 'dk' ].join( '/' ) };
		expect( noMachinePaths( project( files ) ) ).toEqual( [ `README.md:2 names ${ [ '', 'work', 'main' ].join( '/' ) }, a folder of one machine.` ] );
	} );
} );
