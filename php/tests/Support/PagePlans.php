<?php

namespace Draftkeeper\Tests\Support;

/** How the database finds a page. SQLite takes the statements, and has no such plan to ask for. */
trait PagePlans {
	/** @return list<string> the SQL of the work. */
	private function queries( callable $work ): array {
		$queries = array();
		add_filter( 'query', $listen = static function ( string $sql ) use ( &$queries ): string {
			$queries[] = $sql;
			return $sql;
		}, 1 );
		$work();
		remove_filter( 'query', $listen, 1 );
		return $queries;
	}

	/** Every stretch comes from this index in its order; only what they give together is sorted. */
	private function assert_plan( string $sql, string $index, bool $may_sort = false, bool $must_read_rows = false ): void {
		global $wpdb;
		if ( ! self::has_plans() ) {
			return;
		}
		$plan      = $wpdb->get_results( "EXPLAIN $sql", ARRAY_A );
		$stretches = array_filter( $plan, static fn( array $step ) => ! str_starts_with( (string) $step['table'], '<' ) );
		self::assertNotEmpty( $stretches );
		foreach ( $stretches as $step ) {
			// A unique key that names no row is answered before any table is read.
			if ( 'uuid' === $index && null === $step['key'] ) {
				self::assertStringContainsString( 'const table', $step['Extra'] );
				continue;
			}
			self::assertSame( $index, $step['key'], $sql );
			self::assertTrue( $may_sort || ! str_contains( (string) $step['Extra'], 'filesort' ), "{$step['Extra']}\n$sql" );
			self::assertTrue( $must_read_rows || str_contains( (string) $step['Extra'], 'Using index' ), "{$step['Extra']}\n$sql" );
		}
	}

	/** @return int|null entries of indexes and rows that the work has read. */
	private function entries_read( callable $work ): ?int {
		global $wpdb;
		$read   = static fn(): int => array_sum( array_map( 'intval', $wpdb->get_col( "SHOW SESSION STATUS LIKE 'Handler_read%'", 1 ) ) );
		$before = self::has_plans() ? $read() : 0;
		$work();
		// What the status itself reads is the same each time.
		$after = self::has_plans() ? $read() : 0;
		return self::has_plans() ? 2 * $after - $before - $read() : null;
	}

	private static function has_plans(): bool {
		return ! defined( 'DB_ENGINE' ) || 'sqlite' !== DB_ENGINE;
	}
}
