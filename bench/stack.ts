/** `node tools/run.mjs bench/stack.ts up|down|status`: the real stack, on loopback. */
import { rmSync } from 'node:fs';
import { sentenceFor } from '../tools/plain-error.ts';
import { Progress } from '../tools/progress.ts';
import { Stack } from './stack/stack.ts';
import { stateFolder } from './stack/state.ts';

const progress = new Progress();
const commands: Record< string, () => Promise< void > > = {
	async up() {
		const stack = await Stack.up( ( label, work ) => progress.step( label, work ) );
		progress.line( `WordPress ${ stack.state.wpUrl }  gateway ${ stack.state.gatewayUrl }  state ${ stack.state.folder }` );
	},
	down: () => Stack.down( ( label, work ) => progress.step( label, work ) ),
	async status() {
		const parts = await Stack.status();
		for ( const { name, pid } of parts ) {
			progress.line( `${ name.padEnd( 10 ) } ${ pid === null ? 'down' : `up (${ pid })` }` );
		}
		process.exitCode = parts.length > 0 && parts.every( ( { pid } ) => pid !== null ) ? 0 : 1;
	},
	async wipe() {
		await commands.down?.();
		rmSync( stateFolder(), { recursive: true, force: true } );
	},
};

const command = commands[ process.argv[ 2 ] ?? '' ];
if ( command === undefined ) {
	progress.line( `Usage: node tools/run.mjs bench/stack.ts ${ Object.keys( commands ).join( '|' ) }` );
	process.exitCode = 2;
} else {
	try {
		await command();
	} catch ( error ) {
		process.stderr.write( `${ sentenceFor( error ) }\n` );
		process.exitCode = 1;
	}
}
