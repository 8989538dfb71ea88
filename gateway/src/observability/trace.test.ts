import { describe, expect, it } from 'vitest';
import { newSpanId, readRequestId, readTrace, requestIdOf, traceIdOf, traceOfRequest, traceparent } from './trace.ts';

const id = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe( 'traceparent', () => {
	it.each( [
		[ 'of the present version', `00-${ id }-${ span }-01`, '01' ],
		[ 'that nobody has recorded', `00-${ id }-${ span }-00`, '00' ],
		[ 'of a later version, with more behind it', `cc-${ id }-${ span }-01-what-the-future-brings`, '01' ],
		[ 'of a later version', `cc-${ id }-${ span }-01`, '01' ],
	] )( 'is read %s', ( _what, header, flags ) => {
		expect( readTrace( header ) ).toEqual( { trace_id: id, parent_span_id: span, flags } );
	} );

	it.each( [
		undefined, '', 'x', [ `00-${ id }-${ span }-01`, `00-${ id }-${ span }-01` ], `00-${ id }-${ span }-01-more`, `ff-${ id }-${ span }-01`,
		`00-${ '0'.repeat( 32 ) }-${ span }-01`, `00-${ id }-${ '0'.repeat( 16 ) }-01`, `00-${ id.toUpperCase() }-${ span }-01`, `00-${ id }-${ span }`,
		`cc-${ id }-${ span }-01.`, `00-${ id.slice( 1 ) }-${ span }-01`,
	] )( 'is passed over where it is %j', ( header ) => {
		expect( readTrace( header ) ).toBeNull();
	} );

	it( 'names a request that has no id of its own', () => {
		const header = `00-${ id }-${ span }-01`;
		const given = 'F47AC10B-58cc-4372-a567-0e02b2c3d479';
		expect( readRequestId( { traceparent: header } ) ).toBe( '0af76519-16cd-43dd-8448-eb211c80319c' );
		expect( readRequestId( { 'x-request-id': given, traceparent: header } ) ).toBe( given.toLowerCase() );
		for ( const nothing of [ 'x', '00000000-0000-0000-0000-000000000000', [ given, given ], undefined ] ) {
			expect( readRequestId( { 'x-request-id': nothing } ) ).toMatch( /^[0-9a-f]{8}-[0-9a-f]{4}-4/ );
		}
	} );

	it( 'comes out of a request id, and goes back into it', () => {
		const trace = traceOfRequest( requestIdOf( id ) );
		const sent = traceparent( trace, newSpanId() );
		expect( sent ).toMatch( new RegExp( `^00-${ id }-[0-9a-f]{16}-01$` ) );
		expect( readTrace( sent ) ).toMatchObject( { trace_id: id, flags: '01' } );
		expect( traceIdOf( requestIdOf( id ) ) ).toBe( id );
	} );
} );
