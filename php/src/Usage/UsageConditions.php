<?php

namespace Draftkeeper\Usage;

use wpdb;

defined( 'ABSPATH' ) || exit;

/** A query's filter as SQL, for the log and for the rollup: both have these columns. */
final class UsageConditions {
	public static function of( UsageQuery $query, wpdb $database ): string {
		$where = array( '1 = 1' );
		if ( array() !== $query->user_ids ) {
			$where[] = 'user_id IN (' . implode( ', ', array_map( 'intval', $query->user_ids ) ) . ')';
		}
		if ( array() !== $query->statuses ) {
			$where[] = $database->prepare( 'status IN (' . implode( ', ', array_fill( 0, count( $query->statuses ), '%s' ) ) . ')', ...$query->statuses ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- placeholders only.
		}
		if ( null !== $query->model ) {
			$where[] = $database->prepare( 'model = %s', $query->model );
		}
		if ( null !== $query->from ) {
			$where[] = $database->prepare( 'day >= %s', $query->from );
		}
		if ( null !== $query->to ) {
			$where[] = $database->prepare( 'day <= %s', $query->to );
		}
		return implode( ' AND ', $where );
	}
}
