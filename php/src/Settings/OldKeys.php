<?php

namespace Draftkeeper\Settings;

use wpdb;

defined( 'ABSPATH' ) || exit;

/** Keys of earlier versions of a table, which `dbDelta()` leaves where they are. */
final class OldKeys {
	/** @param list<string> $names */
	public static function drop( wpdb $database, string $table, array $names ): void {
		$keys = array_column( $database->get_results( $database->prepare( 'SHOW INDEX FROM %i', $table ), ARRAY_A ) ?: array(), 'Key_name' );
		foreach ( array_intersect( $names, $keys ) as $key ) {
			$database->query( $database->prepare( 'ALTER TABLE %i DROP KEY %i', $table, $key ) );
		}
	}
}
