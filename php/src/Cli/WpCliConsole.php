<?php

namespace Draftkeeper\Cli;

use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** Speaks through WP-CLI. */
final class WpCliConsole implements Console {
	public function line( string $text ): void {
		WP_CLI::line( $text );
	}

	public function warn( string $text ): void {
		WP_CLI::warning( $text );
	}

	public function succeed( string $text ): void {
		WP_CLI::success( $text );
	}

	public function fail( string $text ): never {
		WP_CLI::error( $text );
		exit( 1 );
	}

	public function table( array $rows, array $columns, array $options ): void {
		// Its tables cannot show null.
		$is_data = in_array( $options['format'] ?? 'table', array( 'json', 'yaml' ), true );
		$rows    = $is_data ? $rows : array_map( static fn( mixed $row ) => is_array( $row ) ? array_map( static fn( mixed $value ) => $value ?? '', $row ) : $row, $rows );
		$options = array_intersect_key( $options, array( 'format' => true, 'fields' => true, 'field' => true ) );
		( new WP_CLI\Formatter( $options, $columns ) )->display_items( $rows );
	}
}
