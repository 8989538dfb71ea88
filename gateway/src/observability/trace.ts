import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Where a request stands in a trace, in the words of W3C's Trace Context. */
export type Trace = {
	trace_id: string;
	/** Who has asked, where it said so. */
	parent_span_id: string | null;
	/** Whether those before have recorded it: two hexadecimal digits. */
	flags: string;
};

/** Nobody can tell any more what was said when a job was created; there are few of them, and a whole trace is worth having. */
const SAMPLED = '01';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const isNothing = ( id: string ): boolean => /^0+$/.test( id );

/** Reads a `traceparent`; null for none and for one that is not to be used. */
export function readTrace( header: string | string[] | undefined ): Trace | null {
	const [ , version, trace_id = '', parent_span_id = '', flags = '', more ] = TRACEPARENT.exec( typeof header === 'string' ? header.trim() : '' ) ?? [];
	const isKnown = version === '00' ? more === undefined : version !== undefined && version !== 'ff';
	return ! isKnown || isNothing( trace_id ) || isNothing( parent_span_id ) ? null : { trace_id, parent_span_id, flags };
}

/** The trace that begins with a request, or that a job belongs to. */
export const traceOfRequest = ( request_id: string ): Trace => ( { trace_id: traceIdOf( request_id ), parent_span_id: null, flags: SAMPLED } );

export const traceIdOf = ( request_id: string ): string => request_id.replaceAll( '-', '' );

/** The other way round: a trace-id in the form of a request id. */
export const requestIdOf = ( trace_id: string ): string => trace_id.replace( /^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5' );

const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How the caller names its request, by either header, or a new id. */
export function readRequestId( { 'x-request-id': given, traceparent: header }: IncomingHttpHeaders ): string {
	if ( typeof given === 'string' && REQUEST_ID.test( given ) && ! isNothing( traceIdOf( given ) ) ) {
		return given.toLowerCase();
	}
	const trace = readTrace( header );
	return trace === null ? randomUUID() : requestIdOf( trace.trace_id );
}

/** Of a UUID: Node draws many of those at a time. */
export function newSpanId(): string {
	const drawn = randomUUID();
	return drawn.slice( 0, 8 ) + drawn.slice( -8 );
}

/** What a request carries that belongs to the trace and is its span `span_id`. */
export const traceparent = ( { trace_id, flags }: Trace, span_id: string ): string => `00-${ trace_id }-${ span_id }-${ flags }`;
