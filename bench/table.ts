/** Columns as wide as they must be; numbers to the right. */
export function table( head: readonly string[], rows: readonly ( readonly string[] )[] ): string {
	const widths = head.map( ( title, column ) => Math.max( title.length, ...rows.map( ( row ) => ( row[ column ] ?? '' ).length ) ) );
	const isNumber = head.map( ( _, column ) => rows.every( ( row ) => /^[\d.,–/ -]*$/.test( row[ column ] ?? '' ) ) );
	const line = ( cells: readonly string[] ): string => cells
		.map( ( cell, column ) => isNumber[ column ] === true ? cell.padStart( widths[ column ] ?? 0 ) : cell.padEnd( widths[ column ] ?? 0 ) )
		.join( '  ' ).trimEnd();
	return [ line( head ), widths.map( ( width ) => '─'.repeat( width ) ).join( '  ' ), ...rows.map( line ) ].join( '\n' );
}
