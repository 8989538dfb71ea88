import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** Never in a log, wherever they turn up: keys, tokens, signatures, prompts and results. */
const secretNames = [
	'authorization', 'Authorization', 'api_key', 'apiKey', 'moderation_key', 'token', 'secret', 'webhook_secret', 'webhook_secrets', 'signature',
	'webhook-signature', 'messages', 'prompt', 'content', 'text', 'request_json', 'outcome', 'outcome_json', 'body', 'requestBodyValues',
	'responseBody', 'responseHeaders', 'data',
];

const redactedPaths = secretNames.flatMap( ( name ) => {
	const key = /^\w+$/.test( name ) ? `.${ name }` : `["${ name }"]`;
	return [ key.replace( /^\./, '' ), `*${ key }`, `*.*${ key }` ];
} );

/** One JSON line per event, on standard output unless told otherwise. */
export function createLogger( level: string, destination?: DestinationStream ): Logger {
	const options = {
		level,
		base: null,
		redact: { paths: redactedPaths, censor: '[redacted]' },
		formatters: { level: ( label: string ) => ( { level: label } ) },
		serializers: { err: describeError },
	};
	return destination === undefined ? pino( options ) : pino( options, destination );
}

/** Name, code and place of an error. Its message stays out where it may quote a request or an answer. */
function describeError( error: unknown ): object {
	if ( ! ( error instanceof Error ) ) {
		return { name: typeof error };
	}
	const { code } = error as { code?: unknown };
	return {
		name: error.name,
		...( typeof code === 'string' ? { code } : {} ),
		at: error.stack?.split( '\n' ).filter( ( line ) => /^\s+at /.test( line ) ).slice( 0, 8 ).map( ( line ) => line.trim() ),
		...( error.cause === undefined ? {} : { cause: describeError( error.cause ) } ),
	};
}
