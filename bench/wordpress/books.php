<?php
/**
 * BENCH_WORDPRESS=<folder> BENCH_HOST=<host:port> php bench/wordpress/books.php, on the stack (bench/stack.ts) or any site with MySQL.
 * Fills the books with rows (BENCH_ROWS), compares sums with the log and the CSV with a plain read, prints figures as JSON, empties them again.
 * Repeats each comparison in turn and takes medians.
 */

require __DIR__ . '/load.php';

use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Usage\UsageCsv;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;

const ROUNDS    = 5;
const BULK      = 2000;
const LAST_DAY  = '2026-06-30';
const DAYS      = 180;
const BASE_ID   = 900000000;

global $wpdb;
$rows   = max( 1000, min( 1000000, (int) ( getenv( 'BENCH_ROWS' ) ?: 1000000 ) ) );
$log    = new UsageTable( $wpdb );
$daily  = new UsageDailyTable( $wpdb );
$rollup = new UsageRollup( $wpdb, $log, $daily, new Transactions( $wpdb ) );
$store  = new UsageStore( $wpdb, $log, time( ... ), $rollup, new Transactions( $wpdb ) );
$last   = (int) strtotime( LAST_DAY . ' UTC' );

$seconds = static function ( callable $work ): float {
	$start = hrtime( true );
	$work();
	return ( hrtime( true ) - $start ) / 1e9;
};
$median = static function ( array $values ): float {
	sort( $values );
	return $values[ intdiv( count( $values ), 2 ) ];
};

$empty = static function () use ( $wpdb, $log, $rollup ): void {
	$wpdb->query( $wpdb->prepare( 'DELETE FROM %i WHERE job_id >= %d', $log->name(), BASE_ID ) );
	$rollup->recompute();
};
register_shutdown_function( $empty );

mt_srand( 42 );
$figures = array( 'rows' => $rows );

$figures['load_seconds'] = $seconds( static function () use ( $wpdb, $log, $rows, $last ): void {
	$statuses = array( 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'canceled' );
	for ( $index = 0; $index < $rows; $index += BULK ) {
		$values = array();
		for ( $row = $index; $row < min( $rows, $index + BULK ); ++$row ) {
			$time     = $last - mt_rand( 0, DAYS - 1 ) * 86400 + mt_rand( 0, 86399 );
			$uuid     = sprintf( '%08x-0000-4000-8000-%012x', $row, $row );
			$values[] = sprintf(
				"(%d,'%s',1,%d,'editor',%d,'product_description','local','model-%d',%d,%d,%d,0,12,%d,'%s','%s','%s','%s')",
				BASE_ID + $row, $uuid, mt_rand( 1, 60 ), mt_rand( 1, 5000 ), mt_rand( 1, 3 ), mt_rand( 100, 900 ), mt_rand( 50, 400 ), mt_rand( 10, 5000 ), mt_rand( 300, 9000 ),
				$statuses[ mt_rand( 0, 5 ) ], $uuid, gmdate( 'Y-m-d H:i:s', $time ), gmdate( 'Y-m-d', $time )
			);
		}
		$wpdb->query( "INSERT INTO {$log->name()} (job_id, job_uuid, attempt, user_id, role, post_id, task, provider, model, tokens_in, tokens_out, cost_micros, cached, queue_ms, provider_ms, status, request_id, created_at, day) VALUES " . implode( ',', $values ) );
		$wpdb->flush();
	}
} );
$figures['recompute_seconds'] = $seconds( static fn() => $rollup->recompute() );

// The day totals of the last 30 days.
$from = gmdate( 'Y-m-d', $last - 29 * 86400 );
$sums = 'SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out, SUM(cost_micros) AS cost_micros';
$days = array(
	'raw'    => "SELECT day, COUNT(*) AS attempts, $sums FROM {$log->name()} WHERE day >= '$from' AND day <= '" . LAST_DAY . "' GROUP BY day ORDER BY day",
	'rollup' => "SELECT day, SUM(attempts) AS attempts, $sums FROM {$daily->name()} WHERE day >= '$from' AND day <= '" . LAST_DAY . "' GROUP BY day ORDER BY day",
);
$times = array( 'raw' => array(), 'rollup' => array() );
for ( $round = 0; $round < ROUNDS; ++$round ) {
	foreach ( $days as $name => $sql ) {
		$times[ $name ][] = $seconds( static function () use ( $wpdb, $sql, $name, &$answers ): void {
			$answers[ $name ] = $wpdb->get_results( $sql, ARRAY_A );
		} );
	}
}
$figures['day_totals_equal'] = $answers['raw'] === $answers['rollup'];
$figures['day_totals_ms']    = array( 'raw' => 1000 * $median( $times['raw'] ), 'rollup' => 1000 * $median( $times['rollup'] ) );
$figures['day_totals_ratio'] = $median( $times['raw'] ) / $median( $times['rollup'] );

// The CSV of everything, against reading the same rows unbuffered and writing them as they are.
$csv   = new UsageCsv( $store );
$query = UsageQuery::of( array() );
$times = array( 'csv' => array(), 'read' => array() );
wp_cache_flush();
memory_reset_peak_usage();
$idle = memory_get_usage();
for ( $round = 0; $round < 3; ++$round ) {
	$out = fopen( '/dev/null', 'wb' );

	$times['csv'][] = $seconds( static fn() => $csv->write( $query, static fn( string $part ) => fwrite( $out, $part ) ) );
	if ( 0 === $round ) {
		$figures['csv_mb_above_idle'] = ( memory_get_peak_usage() - $idle ) / 1048576;
	}

	$times['read'][] = $seconds( static function () use ( $wpdb, $log, $out ): void {
		$result = mysqli_query( $wpdb->dbh, "SELECT * FROM {$log->name()} ORDER BY id DESC", MYSQLI_USE_RESULT );
		while ( $row = mysqli_fetch_row( $result ) ) {
			fputcsv( $out, $row );
		}
		mysqli_free_result( $result );
	} );
}
$figures['csv_seconds'] = array( 'csv' => $median( $times['csv'] ), 'read' => $median( $times['read'] ) );
$figures['csv_ratio']   = $median( $times['csv'] ) / $median( $times['read'] );

echo wp_json_encode( $figures, JSON_PRETTY_PRINT ), "\n";
