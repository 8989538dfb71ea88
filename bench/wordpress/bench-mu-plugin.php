<?php
/**
 * Plugin Name: Draftkeeper bench
 * Description: A REST route that does nothing, to measure others by, and a count of queries for requests that ask for it.
 */

defined( 'ABSPATH' ) || exit;

// Notices are defects too; they go to PHP's log.
error_reporting( E_ALL );

add_action(
	'rest_api_init',
	static function () {
		register_rest_route(
			'bench/v1',
			'/nothing',
			array(
				'methods'             => array( 'GET', 'POST' ),
				'permission_callback' => static fn() => current_user_can( 'edit_posts' ),
				'callback'            => static fn() => new WP_REST_Response( array( 'nothing' => true ) ),
			)
		);
	}
);

// The same site without the plugin, to see what its mere presence costs.
if ( isset( $_SERVER['HTTP_X_BENCH_BARE'] ) ) {
	add_filter( 'option_active_plugins', static fn() => array() );
}

$bench_count = $_SERVER['HTTP_X_BENCH_COUNT'] ?? '';
if ( 1 === preg_match( '/^[a-z0-9-]{1,40}$/D', $bench_count ) ) {
	defined( 'SAVEQUERIES' ) || define( 'SAVEQUERIES', true );
	$bench_before = $wpdb->num_queries;
	$bench_answer = 0;
	add_filter(
		'rest_post_dispatch',
		static function ( $response ) use ( &$bench_answer ) {
			$bench_answer = $GLOBALS['wpdb']->num_queries;
			return $response;
		},
		PHP_INT_MAX
	);
	add_action(
		'shutdown',
		static function () use ( $bench_count, $bench_before, &$bench_answer ) {
			global $wpdb;
			$report = array(
				'before_plugins' => $bench_before,
				'until_answer'   => $bench_answer,
				'in_all'         => $wpdb->num_queries,
				'queries'        => array_map( static fn( array $query ) => array( 'sql' => $query[0], 'caller' => $query[2] ), $wpdb->queries ?? array() ),
			);
			$file = BENCH_COUNTS . "/$bench_count.json";
			file_put_contents( "$file.part", wp_json_encode( $report ) );
			rename( "$file.part", $file );
		},
		PHP_INT_MAX
	);
}
