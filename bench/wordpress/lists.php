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
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;

const BENCH_PER_PAGE = 25;

$rounds = max( 5, min( 200, (int) ( getenv( 'BENCH_ROUNDS' ) ?: 40 ) ) );
$table  = new JobTable( $wpdb );
$jobs   = new JobListStore( $wpdb, $table );
$log    = new UsageTable( $wpdb );
$usage  = new UsageStore( $wpdb, $log, time( ... ), new UsageRollup( $wpdb, $log, new UsageDailyTable( $wpdb ), new Transactions( $wpdb ) ) );

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
);

$measure = static function ( callable $work ): float {
	$begin = hrtime( true );
	$work();
	return ( hrtime( true ) - $begin ) / 1e6;
};

$figures = array( 'jobs' => array(), 'usage' => array(), 'requests' => array() );
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

$log_filters = array(
	'all'                  => static fn( array $row ): array => array(),
	'status'               => $of( 'status' ),
	'user'                 => $of( 'user_id' ),
	'a week'               => static fn( array $row ): array => array( 'from' => $day( $row['day'], '-3 days' ), 'to' => $day( $row['day'], '+3 days' ) ),
	'user, status'         => $of( 'user_id', 'status' ),
	'user, a week'         => static fn( array $row ): array => $of( 'user_id' )( $row ) + array( 'from' => $day( $row['day'], '-3 days' ), 'to' => $day( $row['day'], '+3 days' ) ),
	'user, status, a week' => static fn( array $row ): array => $of( 'user_id', 'status' )( $row ) + array( 'from' => $day( $row['day'], '-3 days' ), 'to' => $day( $row['day'], '+3 days' ) ),
);
for ( $round = 0; $round < $rounds; ++$round ) {
	foreach ( $log_filters as $name => $filter ) {
		$given = array_map( strval( ... ), $filter( $some_row( $log->name() ) ) );
		$query = UsageQuery::of( $given );
		$pages = max( 1, intdiv( $usage->totals( $query )['attempts'], BENCH_PER_PAGE ) );
		$deep  = UsageQuery::of( $given + array( 'page' => (string) mt_rand( 1, $pages ) ) );

		$figures['requests']["usage, $name"][] = array( 'usage?' . http_build_query( $given ), 'usage?' . http_build_query( $given + array( 'page' => (string) $deep->page ) ) );

		$figures['usage'][ $name ]['first'][]  = $measure( static fn() => $usage->page( $query ) );
		$figures['usage'][ $name ]['deep'][]  = $measure( static fn() => $usage->page( $deep ) );
	}
}
echo wp_json_encode( $figures );
