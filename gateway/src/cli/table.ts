/** Columns as wide as their widest cell, two spaces apart. */
export function table( rows: readonly ( readonly string[] )[] ): string[] {
	const widths = ( rows[ 0 ] ?? [] ).map( ( _cell, column ) => Math.max( ...rows.map( ( row ) => [ ...( row[ column ] ?? '' ) ].length ) ) );
	return rows.map( ( row ) => row.map( ( cell, column ) => cell + ' '.repeat( ( widths[ column ] ?? 0 ) - [ ...cell ].length ) ).join( '  ' ).trimEnd() );
}
