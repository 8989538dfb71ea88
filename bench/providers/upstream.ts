import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Tokens of every answer. */
export const WORDS = 20;

/** A server in a process of its own that answers at once: as little work as can be, so that the callers are measured. */
const program = `
const { createServer } = require( 'node:http' );
const words = Array.from( { length: ${ WORDS } }, ( _, index ) => 'word' + index + ' ' );
const usage = { prompt_tokens: 200, completion_tokens: ${ WORDS }, total_tokens: ${ 200 + WORDS } };
const chunk = ( fields ) => 'data: ' + JSON.stringify( { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields } ) + '\\n\\n';
const choice = ( delta, finish_reason ) => chunk( { choices: [ { index: 0, delta, finish_reason } ] } );
const chunks = [ ...words.map( ( content ) => choice( { content }, null ) ), choice( {}, 'stop' ), chunk( { choices: [], usage } ), 'data: [DONE]\\n\\n' ];
const whole = JSON.stringify( { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [ { index: 0, message: { role: 'assistant', content: words.join( '' ) }, finish_reason: 'stop' } ], usage } );
const server = createServer( ( request, response ) => {
	let body = '';
	request.setEncoding( 'utf8' ).on( 'data', ( piece ) => ( body += piece ) ).on( 'end', () => {
		if ( ! body.includes( '"stream":true' ) ) {
			response.writeHead( 200, { 'content-type': 'application/json' } ).end( whole );
			return;
		}
		response.writeHead( 200, { 'content-type': 'text/event-stream' } );
		for ( const piece of chunks ) {
			response.write( piece );
		}
		response.end();
	} );
} );
`;

const listen = `
server.listen( 0, '127.0.0.1', () => console.log( server.address().port ) );
process.stdin.on( 'end', () => process.exit() ).resume();
`;

export type ServerProgram = { pid: number | null; url: string; stop: () => void };

/** Runs a program that makes a `server`, on a free port of its own, until this process ends. */
export async function startServerProgram( text: string ): Promise< ServerProgram > {
	const child = spawn( process.execPath, [ '-e', text + listen ], { stdio: [ 'pipe', 'pipe', 'inherit' ] } );
	const port = await new Promise< string >( ( resolve ) => createInterface( { input: child.stdout } ).once( 'line', resolve ) );
	return { pid: child.pid ?? null, url: `http://127.0.0.1:${ port }/v1`, stop: () => void child.kill() };
}

export const startUpstream = (): Promise< ServerProgram > => startServerProgram( program );
