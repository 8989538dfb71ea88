<?php
/** Makes BENCH_JOBS jobs of the editor, named BENCH_NAME and a number, that wait for the gateway, as if it had been away when they were made. */

require __DIR__ . '/load.php';

wp_set_current_user( get_user_by( 'login', 'bench' )->ID );
// What WordPress remembers when the gateway has not answered: jobs are stored and wait for the sweep.
update_option( 'draftkeeper_gateway_health', array( 'clock_offset' => 0, 'failures' => 2, 'paused_until' => time() + HOUR_IN_SECONDS ) );
try {
	for ( $number = 1; $number <= (int) getenv( 'BENCH_JOBS' ); ++$number ) {
		$job = draftkeeper_create_job(
			array(
				'task'            => 'product_description',
				'model'           => (string) getenv( 'BENCH_MODEL' ),
				'idempotency_key' => wp_generate_uuid4(),
				'input'           => array(
					'facts' => array(
						'name'          => getenv( 'BENCH_NAME' ) . $number,
						'sku'           => null,
						'categories'    => array( 'Furniture' ),
						'tags'          => array(),
						'attributes'    => array(),
						'price'         => null,
						'images'        => array(),
						'existing_text' => null,
					),
				),
			)
		);
		if ( is_wp_error( $job ) ) {
			fwrite( STDERR, $job->get_error_message() . "\n" );
			exit( 1 );
		}
	}
} finally {
	delete_option( 'draftkeeper_gateway_health' );
}
