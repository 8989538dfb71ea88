<?php

namespace Draftkeeper\Tests\Support;

/** Tables of earlier versions, brought up to date beside the present ones. */
trait SchemaUpgrades {
	/**
	 * @param class-string $table
	 * @param string       $earlier columns and keys of an earlier version.
	 * @param string       $row     columns and values of a row in it.
	 * @return array<string, ?string> the row afterwards.
	 */
	private function assert_upgraded( string $table, string $earlier, string $row ): array {
		global $wpdb;
		$this->allow_schema_changes();
		$database = clone $wpdb;
		// Only the name of the table depends on it.
		$database->prefix = 'wptests_old_';
		$old              = new $table( $database );
		$present          = new $table( $wpdb );
		$old->drop();
		$wpdb->query( "CREATE TABLE {$old->name()} ($earlier) {$wpdb->get_charset_collate()}" );
		$wpdb->query( "INSERT INTO {$old->name()} $row" );
		try {
			$old->install();
			self::assertSame( self::shape_of( $present->name() ), self::shape_of( $old->name() ) );
			// A second time there is nothing to do.
			$changes = dbDelta( str_replace( $present->name(), $old->name(), self::statement_of( $present->install( ... ) ) ), false );
			self::assertSame( array(), array_filter( $changes, static fn( string $change ) => ! str_contains( $change, 'Changed type' ) ) );
			return $wpdb->get_row( "SELECT * FROM {$old->name()}", ARRAY_A );
		} finally {
			$old->drop();
		}
	}

	private static function statement_of( callable $install ): string {
		$statement = '';
		add_filter( 'dbdelta_create_queries', $catch = static function ( array $queries ) use ( &$statement ): array {
			$statement = implode( ';', $queries );
			return $queries;
		} );
		$install();
		remove_filter( 'dbdelta_create_queries', $catch );
		return $statement;
	}

	/** @return array{list<string>, list<string>} columns and keys by name. */
	private static function shape_of( string $table ): array {
		global $wpdb;
		$columns = array_column( $wpdb->get_results( "SHOW COLUMNS FROM $table", ARRAY_A ), 'Field' );
		$keys    = array_map( static fn( array $key ) => "{$key['Key_name']} {$key['Seq_in_index']} {$key['Column_name']}", $wpdb->get_results( "SHOW INDEX FROM $table", ARRAY_A ) );
		sort( $columns );
		sort( $keys );
		return array( $columns, $keys );
	}
}
