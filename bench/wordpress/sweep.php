<?php
/** One run of the sweep, as a system cron would start it; prints what it has cost as JSON. */

require __DIR__ . '/load.php';

$queries = $wpdb->num_queries;
$begin   = hrtime( true );
do_action( 'draftkeeper_sweep' );
echo wp_json_encode(
	array(
		'seconds' => ( hrtime( true ) - $begin ) / 1e9,
		'queries' => $wpdb->num_queries - $queries,
	)
);
