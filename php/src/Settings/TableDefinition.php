<?php

namespace Draftkeeper\Settings;

defined( 'ABSPATH' ) || exit;

/** Brings a table to its definition, and looks afterwards: `dbDelta()` says what it wanted to do, not whether the database did it. */
final class TableDefinition {
	/** What a query would miss. Types are told in other words by some databases. */
	private const MISSED = '/^(?:Created table|Added column|Added index) (.*)$/D';

	/** @throws \RuntimeException with what is still missing. */
	public static function apply( string $create_table ): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		dbDelta( $create_table );
		$missing = preg_filter( self::MISSED, '$1', dbDelta( $create_table, false ) );
		if ( array() !== $missing ) {
			throw new \RuntimeException( 'The database did not make ' . implode( ', ', $missing ) . '. Its user needs the rights CREATE, ALTER and INDEX, and room on the disk.' );
		}
	}
}
