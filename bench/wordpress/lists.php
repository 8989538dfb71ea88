<?php
/**
 * What a page of the list of jobs and of the books costs in the database, by filter, first pages and deep ones, as JSON:
 * for each the times in milliseconds, and the requests of the same pages. Values of filters are picked at random from the rows that are there.
 */

require __DIR__ . '/load.php';

use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobQuery;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageListStore;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageTable;

const BENCH_PER_PAGE = 25;

/** What bench/lists/fill.ts puts in: a user of two jobs in five, and a model that he never asks for. */
const BENCH_BUSY_USER  = '3';
const BENCH_RARE_MODEL = 'model-rare';

// The same pages each time.
mt_srand( 20 );
$rounds = max( 5, min( 200, (int) ( getenv( 'BENCH_ROUNDS' ) ?: 40 ) ) );
$table  = new JobTable( $wpdb );
$jobs   = new JobListStore( $wpdb, $table );
$log    = new UsageTable( $wpdb );
$usage  = new UsageListStore( $wpdb, $log );

if ( false !== getenv( 'BENCH_RECOMPUTE' ) ) {
	( new UsageRollup( $wpdb, $log, new UsageDailyTable( $wpdb ), new Transactions( $wpdb ) ) )->recompute();
	exit( 0 );
}

/** A row of a table at a random id. */
$some_row = static function ( string $name ) use ( $wpdb ): array {
	static $bounds = array();
	$bounds[ $name ] ??= $wpdb->get_row( "SELECT MIN(id) AS low, MAX(id) AS high FROM $name", ARRAY_A );
	return $wpdb->get_row( "SELECT * FROM $name WHERE id >= " . mt_rand( (int) $bounds[ $name ]['low'], (int) $bounds[ $name ]['high'] ) . ' ORDER BY id LIMIT 1', ARRAY_A );
};

$day  = static fn( string $time, string $change = '' ): string => gmdate( 'Y-m-d', (int) strtotime( "$time $change" ) );
$week = static fn( array $row ): array => array( 'from' => $day( $row['created_at'], '-3 days' ), 'to' => $day( $row['created_at'], '+3 days' ) );
$of   = static fn( string ...$names ): callable => static fn( array $row ): array => array_intersect_key( $row, array_flip( $names ) );

$job_filters = array(
	'all'                           => static fn( array $row ): array => array(),
	'status'                        => $of( 'status' ),
	'user'                          => $of( 'user_id' ),
	'model'                         => $of( 'model' ),
	'task'                          => $of( 'task' ),
	'post'                          => $of( 'post_id' ),
	'review'                        => static fn( array $row ): array => array( 'review' => 'succeeded' === $row['status'] ? ( $row['review'] ?? 'waiting' ) : 'waiting' ),
	'a week'                        => $week,
	'status, a week'                => static fn( array $row ): array => $of( 'status' )( $row ) + $week( $row ),
	'user, a week'                  => static fn( array $row ): array => $of( 'user_id' )( $row ) + $week( $row ),
	'user, status'                  => $of( 'user_id', 'status' ),
	'user, model'                   => $of( 'user_id', 'model' ),
	'status, model'                 => $of( 'status', 'model' ),
	'status, model, a week'         => static fn( array $row ): array => $of( 'status', 'model' )( $row ) + $week( $row ),
	'user, status, model, a week'   => static fn( array $row ): array => $of( 'user_id', 'status', 'model' )( $row ) + $week( $row ),
	'user, review'                  => static fn( array $row ): array => $of( 'user_id' )( $row ) + array( 'review' => 'waiting' ),
	'post, status'                  => $of( 'post_id', 'status' ),
	'post, user'                    => $of( 'post_id', 'user_id' ),
	'task, user'                    => $of( 'task', 'user_id' ),
	'task, status, model'           => $of( 'task', 'status', 'model' ),
	'review, model'                 => static fn( array $row ): array => $of( 'model' )( $row ) + array( 'review' => 'discarded' ),
	'review, rare model'            => static fn( array $row ): array => array( 'model' => BENCH_RARE_MODEL, 'review' => 'discarded' ),
	'busy user, rare model'         => static fn( array $row ): array => array( 'model' => BENCH_RARE_MODEL, 'user_id' => BENCH_BUSY_USER ),
	'user, model, review'           => static fn( array $row ): array => $of( 'user_id', 'model' )( $row ) + array( 'review' => 'edited' ),
);

/** The middle of three: neither the disk, which the first one may read, nor whatever else has just had the processor. */
$measure = static function ( callable $work ): float {
	$times = array();
	for ( $time = 0; $time < 3; ++$time ) {
		$begin = hrtime( true );
		$work();
		$times[] = ( hrtime( true ) - $begin ) / 1e6;
	}
	sort( $times );
	return $times[1];
};

$figures = array( 'jobs' => array(), 'usage' => array(), 'sorted' => array(), 'requests' => array() );
for ( $round = 0; $round < $rounds; ++$round ) {
	foreach ( $job_filters as $name => $filter ) {
		// The first page of values that are there, and the page after a row somewhere in the middle of them.
		$row   = $some_row( $table->name() );
		$given = array_filter( $filter( $row ), static fn( mixed $value ): bool => null !== $value ) + array( 'per_page' => (string) BENCH_PER_PAGE );
		$after = rtrim( strtr( base64_encode( "{$row['created_at']}|{$row['id']}" ), '+/', '-_' ), '=' );
		$first = JobQuery::of( array_map( strval( ... ), $given ) );
		$deep  = JobQuery::of( array_map( strval( ... ), $given ) + array( 'cursor' => $after ) );

		$figures['requests']["jobs, $name"][] = array( 'jobs?' . http_build_query( $given ), 'jobs?' . http_build_query( $given + array( 'cursor' => $after ) ) );

		$figures['jobs'][ $name ]['first'][] = $measure( static fn() => $jobs->page( $first, BENCH_PER_PAGE + 1 ) );
		$figures['jobs'][ $name ]['deep'][]  = $measure( static fn() => $jobs->page( $deep, BENCH_PER_PAGE + 1 ) );
	}
}

$days        = static fn( array $row ): array => array( 'from' => $day( $row['day'], '-3 days' ), 'to' => $day( $row['day'], '+3 days' ) );
$log_filters = array(
	'all'                     => static fn( array $row ): array => array(),
	'status'                  => $of( 'status' ),
	'user'                    => $of( 'user_id' ),
	'model'                   => $of( 'model' ),
	'a week'                  => $days,
	'two users'               => static fn( array $row ): array => array( 'user_id' => "{$row['user_id']}," . ( $row['user_id'] + 1 ) ),
	'status, a week'          => static fn( array $row ): array => $of( 'status' )( $row ) + $days( $row ),
	'user, status'            => $of( 'user_id', 'status' ),
	'user, model'             => $of( 'user_id', 'model' ),
	'status, model'           => $of( 'status', 'model' ),
	'busy user, rare model'   => static fn( array $row ): array => array( 'user_id' => BENCH_BUSY_USER, 'model' => BENCH_RARE_MODEL ),
	'user, a week'            => static fn( array $row ): array => $of( 'user_id' )( $row ) + $days( $row ),
	'user, status, a week'    => static fn( array $row ): array => $of( 'user_id', 'status' )( $row ) + $days( $row ),
	'all, the oldest first'   => static fn( array $row ): array => array( 'order' => 'asc' ),
	'user, the oldest first'  => static fn( array $row ): array => $of( 'user_id' )( $row ) + array( 'order' => 'asc' ),
);
// In another order than that of time all rows of the filter are read: their number counts, not that of the table.
$sortings = array(
	'by cost, a day'        => static fn( array $row ): array => array( 'from' => $row['day'], 'to' => $row['day'], 'orderby' => 'cost_micros' ),
	'by cost, user, 3 days' => static fn( array $row ): array => $of( 'user_id' )( $row ) + array( 'from' => $day( $row['day'], '-1 day' ), 'to' => $day( $row['day'], '+1 day' ), 'orderby' => 'cost_micros' ),
	'by time taken, a day'  => static fn( array $row ): array => array( 'from' => $row['day'], 'to' => $row['day'], 'orderby' => 'provider_ms' ),
);
for ( $round = 0; $round < $rounds; ++$round ) {
	foreach ( array( 'usage' => $log_filters, 'sorted' => $sortings ) as $list => $filters ) {
		foreach ( $filters as $name => $filter ) {
			$row   = $some_row( $log->name() );
			$given = array_map( strval( ... ), $filter( $row ) ) + array( 'per_page' => (string) BENCH_PER_PAGE );
			$first = UsageQuery::of( $given );
			$after = $first->cursor( $row );
			$deep  = UsageQuery::of( $given + array( 'cursor' => $after ) );

			$figures['requests'][ "$list, $name" ][]       = array( 'usage?' . http_build_query( $given ), 'usage?' . http_build_query( $given + array( 'cursor' => $after ) ) );
			$figures[ $list ][ $name ]['first'][] = $measure( static fn() => $usage->page( $first, BENCH_PER_PAGE + 1 ) );
			$figures[ $list ][ $name ]['deep'][]  = $measure( static fn() => $usage->page( $deep, BENCH_PER_PAGE + 1 ) );
		}
	}
}
echo wp_json_encode( $figures );
