<?php
/**
 * What one check of the limit of jobs costs, against the one call that it cannot do without: an upsert of a row, or a count in the cache.
 * Both in turn, in random order, many times; prints the medians as JSON. With BENCH_REDIS_SOCKET the object cache is Redis.
 */

if ( false !== getenv( 'BENCH_REDIS_SOCKET' ) ) {
	define( 'ABSPATH', getenv( 'BENCH_WORDPRESS' ) . '/' );
	require dirname( __DIR__, 2 ) . '/php/tests/Support/parallel/object-cache.php';
	$_wp_using_ext_object_cache = true;
}
require __DIR__ . '/load.php';

use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Limits\CachedTransientStore;
use Draftkeeper\Limits\TransientRowStore;

const BENCH_ROUNDS = 40;
const BENCH_CALLS  = 50;
const BENCH_LIMIT  = 100000;

$is_cached = wp_using_ext_object_cache();
$windows   = $is_cached ? new CachedTransientStore() : new TransientRowStore( $wpdb, new Transactions( $wpdb ) );
$upsert    = $wpdb->prepare( "INSERT INTO %i (option_name, option_value, autoload) VALUES ('bench_upsert', '1', 'off') ON DUPLICATE KEY UPDATE option_value = option_value + 1", $wpdb->options );
wp_cache_add( 'bench_count', 0, 'transient' );

$variants = array(
	'call'  => $is_cached ? static fn() => wp_cache_incr( 'bench_count', 1, 'transient' ) : static fn() => $wpdb->query( $upsert ),
	'check' => static fn() => $windows->take( 'bench', BENCH_LIMIT, 600, time() ),
);
$times    = array( 'call' => array(), 'check' => array() );
$ratios   = array();
for ( $round = -1; $round < BENCH_ROUNDS; ++$round ) {
	$names = array_keys( $variants );
	shuffle( $names );
	$of_round = array();
	foreach ( $names as $name ) {
		$begin = hrtime( true );
		for ( $call = 0; $call < BENCH_CALLS; ++$call ) {
			$variants[ $name ]();
		}
		$of_round[ $name ] = ( hrtime( true ) - $begin ) / 1e6 / BENCH_CALLS;
	}
	// The first round warms up.
	if ( $round >= 0 ) {
		$ratios[] = $of_round['check'] / $of_round['call'];
		foreach ( $of_round as $name => $milliseconds ) {
			$times[ $name ][] = $milliseconds;
		}
	}
}

$median = static function ( array $values ): float {
	sort( $values );
	return round( $values[ intdiv( count( $values ), 2 ) ], 4 );
};
delete_option( 'bench_upsert' );
delete_transient( 'bench' );
echo wp_json_encode( array( 'call_ms' => $median( $times['call'] ), 'check_ms' => $median( $times['check'] ), 'ratio' => $median( $ratios ) ) );
