import { startServerProgram } from '../providers/upstream.ts';

/** The least that can stand between: takes the body, asks the upstream, passes on what comes, and does nothing else. */
const program = ( upstream: string ): string => `
const { createServer, request: ask, Agent } = require( 'node:http' );
const agent = new Agent( { keepAlive: true } );
const server = createServer( ( request, response ) => {
	const pieces = [];
	request.on( 'data', ( piece ) => pieces.push( piece ) ).on( 'end', () => {
		const body = Buffer.concat( pieces );
		const headers = { 'content-type': 'application/json', 'content-length': body.length };
		const asked = ask( '${ upstream }/chat/completions', { method: 'POST', agent, headers }, ( answer ) => {
			response.writeHead( answer.statusCode, { 'content-type': answer.headers[ 'content-type' ] } );
			answer.pipe( response );
		} );
		response.on( 'close', () => response.writableFinished || asked.destroy() );
		asked.on( 'error', () => response.destroy() ).end( body );
	} );
} );
`;

export const startBare = ( upstream: string ): ReturnType< typeof startServerProgram > => startServerProgram( program( upstream ) );
