<?php

namespace Draftkeeper\Lists;

use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * The ids of one page of a list, read from an index that holds them in the order of the page and by nothing but them.
 *
 * A filter that names no value for a column in the middle of the index leaves several stretches of it, one for each value. Their beginnings,
 * put together, are the page: its cost depends neither on the size of the table nor on how rare the combination of filters is.
 */
final class IndexPage {
	public function __construct( private readonly wpdb $database ) {}

	/**
	 * @param string       $index     always named: left alone, MariaDB takes the one of a filter that fits a third of the table, or sorts.
	 * @param list<string> $stretches conditions on the index alone, no two of which fit the same row.
	 * @param list<string> $order     columns of the index, the last one is its id.
	 * @return list<int>
	 */
	public function ids( string $table, string $index, array $stretches, array $order, bool $is_descending, int $limit ): array {
		$columns = implode( ', ', $order );
		$ordered = ' ORDER BY ' . implode( ', ', array_map( static fn( string $column ) => $column . ( $is_descending ? ' DESC' : ' ASC' ), $order ) ) . " LIMIT $limit";
		$from    = $this->database->prepare( "SELECT $columns FROM %i FORCE INDEX (%i) WHERE ", $table, $index );
		$parts   = array_map( static fn( string $stretch ) => $from . $stretch . $ordered, $stretches );
		if ( count( $parts ) > 1 ) {
			$parts = array( implode( ' UNION ALL ', array_map( static fn( int $number, string $part ) => "SELECT $columns FROM ($part) AS stretch_$number", array_keys( $parts ), $parts ) ) . $ordered );
		}
		$rows = $this->database->get_col( $parts[0], count( $order ) - 1 );
		if ( '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return array_map( 'intval', $rows );
	}

	/**
	 * Every combination of the conditions, one of each set: the stretches that they leave.
	 *
	 * @param list<list<string>> $sets in the order of the columns of the index.
	 * @return list<string>
	 */
	public static function stretches( array $sets ): array {
		$stretches = array( '' );
		foreach ( $sets as $set ) {
			$longer = array();
			foreach ( $stretches as $stretch ) {
				foreach ( $set as $condition ) {
					$longer[] = '' === $stretch ? $condition : "$stretch AND $condition";
				}
			}
			$stretches = $longer;
		}
		return array( '' ) === $stretches ? array( '1 = 1' ) : $stretches;
	}
}
