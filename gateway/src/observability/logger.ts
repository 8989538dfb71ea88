import { logSecrets } from '@draftkeeper/contract';
import { destination as toFile, pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { traceIdOf } from './trace.ts';

export type Logger = PinoLogger;

const secretNames = new Set( logSecrets.names.map( ( name ) => name.toLowerCase() ) );
const secretText = new RegExp( logSecrets.patterns.join( '|' ), 'gu' );
/** No key is shorter. */
const MIN_SECRET_LENGTH = 16;

const REDACTED = '[redacted]';
/** Of an entry: its fields, theirs, and theirs. */
const LEVELS = 3;

/** One JSON line per event, on standard output unless told otherwise. */
export function createLogger( level: string, destination: DestinationStream = standardOutput() ): Logger {
	return pino( {
		level,
		base: null,
		// By hand: pino's own `redact` copies every entry first, which costs more than writing it.
		formatters: { level: ( label ) => ( { level: label } ), log: ( fields ) => withoutSecrets( withTrace( fields ), LEVELS ) },
		serializers: { err: describeError },
	}, destination );
}

/** Between looks for lines that wait for more of them: a write for each costs more than the line. */
const FLUSH_MS = 50;

let output: ReturnType< typeof toFile > | null = null;

/** Written while the next lines are made, and at once when the process ends. */
function standardOutput(): DestinationStream {
	if ( output === null ) {
		const opened = toFile( { dest: 1, sync: false, minLength: 4_096, periodicFlush: FLUSH_MS } );
		process.once( 'exit', () => opened.flushSync() );
		output = opened;
	}
	return output;
}

/** Tools that follow a request from line to line look for it under this name. */
const withTrace = ( fields: Record< string, unknown > ): Record< string, unknown > =>
	typeof fields[ 'request_id' ] === 'string' && fields[ 'trace_id' ] === undefined ? { ...fields, trace_id: traceIdOf( fields[ 'request_id' ] ) } : fields;

const isSecret = ( name: string ): boolean => secretNames.has( name ) || secretNames.has( name.toLowerCase() );

/** The same object where it holds nothing secret. */
function withoutSecrets< Fields extends object >( fields: Fields, levels: number ): Fields {
	let shown: Record< string, unknown > | null = null;
	for ( const name of Object.keys( fields ) ) {
		const value = ( fields as Record< string, unknown > )[ name ];
		const left = isSecret( name ) ? REDACTED : withoutSecretsIn( value, levels - 1 );
		if ( left !== value ) {
			shown ??= ( Array.isArray( fields ) ? [ ...fields ] : { ...fields } ) as Record< string, unknown >;
			shown[ name ] = left;
		}
	}
	return ( shown ?? fields ) as Fields;
}

function withoutSecretsIn( value: unknown, levels: number ): unknown {
	if ( typeof value === 'string' ) {
		return value.length < MIN_SECRET_LENGTH ? value : value.replace( secretText, REDACTED );
	}
	// What is shown of an error, its serializer decides.
	return levels === 0 || typeof value !== 'object' || value === null || value instanceof Error ? value : withoutSecrets( value, levels );
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
