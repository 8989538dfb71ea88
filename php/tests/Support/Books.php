<?php

namespace Draftkeeper\Tests\Support;

use Closure;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Retention\Archive;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Retention\ArchiveStore;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageListStore;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;

/** Jobs and attempts for tests of the books, without a gateway. */
final class Books {
	private static int $jobs = 0;

	/** The store at a time of one's choice. */
	public static function at( string $utc ): UsageStore {
		global $wpdb;
		return new UsageStore( $wpdb, new UsageTable( $wpdb ), static fn(): int => (int) strtotime( "$utc UTC" ), self::rollup(), self::transactions() );
	}

	/**
	 * @param array<string, string> $asked as in an address.
	 * @return list<array<string, ?string>>
	 */
	public static function page( array $asked = array() ): array {
		global $wpdb;
		return ( new UsageListStore( $wpdb, new UsageTable( $wpdb ) ) )->page( UsageQuery::of( $asked ), 100 );
	}

	public static function rollup(): UsageRollup {
		global $wpdb;
		return new UsageRollup( $wpdb, new UsageTable( $wpdb ), new UsageDailyTable( $wpdb ), self::transactions() );
	}

	/** The archive at a time of one's choice, Unix seconds; now by default. */
	public static function archive( ?Closure $now = null ): Archive {
		global $wpdb;
		return new Archive( new ArchiveStore( $wpdb, new UsageTable( $wpdb ), self::rollup(), self::transactions() ), new ArchiveFolder(), $now ?? time( ... ) );
	}

	public static function transactions(): Transactions {
		global $wpdb;
		return new Transactions( $wpdb );
	}

	/** A job as a row of the table of jobs would give it. */
	public static function job( int $user_id, ?int $post_id = null ): Job {
		++self::$jobs;
		$columns = array_map( fn( \ReflectionParameter $column ) => $column->getName(), ( new \ReflectionMethod( Job::class, '__construct' ) )->getParameters() );
		$row     = array(
			'id'           => 1000 + self::$jobs,
			'uuid'         => wp_generate_uuid4(),
			'user_id'      => $user_id,
			'post_id'      => $post_id,
			'task'         => 'product_description',
			'status'       => 'succeeded',
			'version'      => 3,
			'input_hash'   => str_repeat( 'a', 64 ),
			'request_json' => '{}',
			'request_id'   => wp_generate_uuid4(),
			'expires_at'   => '2026-03-03 09:30:00',
			'created_at'   => '2026-02-28 09:30:00',
			'updated_at'   => '2026-02-28 09:30:00',
		);
		return Job::from_row( $row + array_fill_keys( $columns, null ) );
	}

	/** @return array<string, mixed> an attempt in the contract's shape. */
	public static function attempt( int $number = 1, array $fields = array() ): array {
		return $fields + array(
			'attempt'     => $number,
			'provider'    => 'sample',
			'model'       => 'sample-writer',
			'status'      => 'succeeded',
			'error_code'  => null,
			'tokens_in'   => 300,
			'tokens_out'  => 150,
			'cost_micros' => 1250,
			'cached'      => false,
			'queue_ms'    => 12,
			'provider_ms' => 800,
			'started_at'  => '2026-02-28T09:30:00Z',
		);
	}
}
