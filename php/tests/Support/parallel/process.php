<?php
/** One of several processes that do the same at once: `process.php <task> <index> [argument…]`. Says `ready`, waits for a line, prints JSON. */

$settings = require dirname( __DIR__, 2 ) . '/settings.php';
( require dirname( __DIR__, 2 ) . '/wordpress.php' )( $settings );
if ( '1' === getenv( 'DRAFTKEEPER_TEST_DOING_CRON' ) ) {
	define( 'DOING_CRON', true );
}
if ( '1' === getenv( 'DRAFTKEEPER_TEST_QUIET' ) ) {
	ini_set( 'error_log', '/dev/null' ); // phpcs:ignore WordPress.PHP.IniSet -- what is said here is expected.
}
require ABSPATH . 'wp-settings.php';
require_once dirname( __DIR__, 4 ) . '/draftkeeper.php';
error_reporting( E_ALL );

use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\BudgetStore;
use Draftkeeper\Budgets\BudgetTable;
use Draftkeeper\Budgets\CostRateStore;
use Draftkeeper\Budgets\Estimate;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Jobs\JobAdmission;
use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\LeaseStore;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Limits\CachedTransientStore;
use Draftkeeper\Limits\JobLimit;
use Draftkeeper\Limits\LimitSettings;
use Draftkeeper\Limits\TransientRowStore;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Usage\UsageDailyTable;

$now          = time( ... );
$transactions = new Transactions( $wpdb );
$windows      = wp_using_ext_object_cache() ? new CachedTransientStore() : new TransientRowStore( $wpdb, $transactions );
$budgets      = new Budgets( new LimitSettings(), new BudgetStore( $wpdb, new BudgetTable( $wpdb ), new JobTable( $wpdb ), $transactions ), $now );
$jobs         = new JobStore( $wpdb, new JobTable( $wpdb ), $transactions, $now, $budgets );
$admission    = new JobAdmission( $jobs, $transactions, new JobLimit( new LimitSettings(), $windows, $now ), $budgets, new Estimate( new ModelCatalogue( new Connection() ), new CostRateStore( $wpdb, new UsageDailyTable( $wpdb ), $now ) ) );

const PARALLEL_USER = 900001;

$request = json_decode( '{"messages":[{"role":"user","content":"Describe a table."}],"options":{"max_output_tokens":500}}' );
$row     = static fn( string $key ): array => array(
	'uuid'             => wp_generate_uuid4(),
	'user_id'          => PARALLEL_USER,
	'task'             => 'product_description',
	'input_hash'       => hash( 'sha256', $key ),
	'idempotency_hash' => hash( 'sha256', $key ),
	'request_json'     => (string) wp_json_encode( $request ),
	'request_id'       => wp_generate_uuid4(),
	'expires_at'       => gmdate( 'Y-m-d H:i:s', time() + 3600 ),
	'lease_until'      => gmdate( 'Y-m-d H:i:s', time() + 3600 ),
);

// Asks for jobs, ends every second one that is let in if told so, and tells what came of each.
$ask = static function ( int $index, int $tries, string $key, bool $ends ) use ( $admission, $jobs, $row, $request ): array {
	$outcomes = array();
	for ( $try = 0; $try < $tries; ++$try ) {
		try {
			$job        = $admission->insert( $row( '' === $key ? "$index-$try" : $key ), $request );
			$outcomes[] = null === $job ? 'taken' : 'stored';
			if ( null !== $job && $ends ) {
				$jobs->transition( $job, JobStatus::Canceled );
			}
		} catch ( ApiError $error ) {
			$outcomes[] = $error->error_code->value;
		}
	}
	return array_count_values( $outcomes );
};

$tasks = array(
	'load'   => static fn(): bool => true,
	'limit'  => static function ( int $index, string $name, int $tries ) use ( $windows ): int {
		$allowed = 0;
		for ( $try = 0; $try < $tries; ++$try ) {
			$allowed += (int) $windows->take( $name, 60, 600, 1_800_000_300 )->is_allowed;
		}
		return $allowed;
	},
	'ask'    => $ask,
	// What three sweeps do at once, and the moves to `running` between their claims.
	'wait'   => static function ( int $index, int $count ) use ( $jobs, $row ): int {
		foreach ( range( 1, $count ) as $number ) {
			$jobs->insert( array( 'lease_until' => gmdate( 'Y-m-d H:i:s', time() - 600 ) ) + $row( "waiting $index-$number" ) );
		}
		return $count;
	},
	'claim'  => static function () use ( $wpdb, $jobs, $transactions, $now ): array {
		$leases  = new LeaseStore( $wpdb, new JobTable( $wpdb ), $transactions, $now );
		$claimed = array();
		while ( true ) {
			$some = $leases->claim( JobStatus::Pending, 25, 60 );
			if ( array() === $some ) {
				return $claimed;
			}
			$leases->claim( JobStatus::Running, 100, 60 );
			$jobs->start( $some, $jobs->time( 60 ) );
			$claimed = array_merge( $claimed, array_column( $some, 'uuid' ) );
		}
	},
	'deadlocks' => static fn(): int => (int) $wpdb->get_var( "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'", 1 ),
	// The schedule of the sweep.
	'loaded' => static function (): bool {
		do_action( 'wp_loaded' );
		return true;
	},
	'schedules' => static function () use ( $wpdb ): array {
		$actions = "{$wpdb->prefix}actionscheduler_actions";
		return array(
			'wp_cron' => false !== wp_next_scheduled( SweepSchedule::HOOK ),
			'actions' => null === $wpdb->get_var( "SHOW TABLES LIKE '$actions'" ) ? 0 : (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i WHERE hook = %s AND status IN (%s, %s)', $actions, SweepSchedule::HOOK, 'pending', 'in-progress' ) ),
			'runner'  => SweepSchedule::runner(),
		);
	},
	'clear'   => static function (): bool {
		SweepSchedule::clear();
		return true;
	},
	'drop'    => static function () use ( $wpdb ): bool {
		foreach ( array( 'actions', 'claims', 'groups', 'logs' ) as $table ) {
			$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}actionscheduler_$table" );
		}
		return true;
	},
	'forget'  => static fn(): bool => delete_option( 'schema-ActionScheduler_StoreSchema' ) && delete_option( 'schema-ActionScheduler_LoggerSchema' ),
	// A site that has nothing of ours yet: tables under a prefix of their own, and no word of a version.
	'install' => static function ( int $index, string $hook ) use ( $wpdb ): array {
		$wpdb->prefix = 'fresh_';
		$wpdb->suppress_errors();
		$installed = false;
		add_filter( 'option_draftkeeper_schema', static function ( mixed $value ) use ( &$installed ): mixed {
			return $installed ? $value : false;
		} );
		add_action( 'update_option_draftkeeper_schema', static function () use ( &$installed ): void {
			$installed = true;
		} );
		if ( 'init' === $hook ) {
			foreach ( $GLOBALS['wp_filter']['init'][1] as $callback ) {
				call_user_func( $callback['function'] );
			}
		} else {
			do_action( 'activate_' . plugin_basename( DRAFTKEEPER_FILE ), false );
		}
		// WordPress asks for a table that is not there before it makes it.
		return array_values( array_filter( array_column( $GLOBALS['EZSQL_ERROR'] ?? array(), 'error_str' ), static fn( string $error ) => ! str_contains( $error, "doesn't exist" ) ) );
	},
	'installed' => static function () use ( $wpdb ): array {
		$tables = $wpdb->get_col( "SHOW TABLES LIKE 'fresh\\_draftkeeper\\_%'" );
		$keys   = array_map( static fn( string $table ) => count( $wpdb->get_results( "SHOW INDEX FROM $table" ) ) === count( $wpdb->get_results( 'SHOW INDEX FROM ' . str_replace( 'fresh_', $wpdb->prefix, $table ) ) ), $tables );
		array_map( static fn( string $table ) => $wpdb->query( "DROP TABLE $table" ), $tables );
		return array( count( $tables ), array_unique( $keys ) );
	},
	'report' => static function () use ( $wpdb ): array {
		$user   = PARALLEL_USER;
		$report = array(
			'jobs'     => (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}draftkeeper_jobs WHERE user_id = $user" ),
			'reserved' => array_map( 'intval', $wpdb->get_col( "SELECT reserved_requests FROM {$wpdb->prefix}draftkeeper_budget ORDER BY scope, period" ) ),
			'limit'    => (string) $wpdb->get_var( "SELECT SUBSTRING(option_value, 1, 6) FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_draftkeeper\\_jobs\\_%$user'" ),
		);
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_jobs WHERE user_id = $user" );
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_budget" );
		$wpdb->query( "DELETE FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_%parallel%' OR option_name LIKE '\\_transient\\_%draftkeeper\\_jobs\\_%$user'" );
		return $report;
	},
);

echo "ready\n";
fgets( STDIN );
list( , $task, $index ) = $argv;
$arguments              = array_map( static fn( string $argument ) => is_numeric( $argument ) ? (int) $argument : $argument, array_slice( $argv, 3 ) );
echo wp_json_encode( $tasks[ $task ]( (int) $index, ...array_map( static fn( int|string $argument ) => in_array( $argument, array( 'true', 'false' ), true ) ? 'true' === $argument : $argument, $arguments ) ) );
