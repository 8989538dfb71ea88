<?php
/** Activates the plugin and makes the editor whose requests are measured. Does nothing that has been done. */

require __DIR__ . '/load.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

const BENCH_PLUGIN = 'draftkeeper/draftkeeper.php';

if ( '/%postname%/' !== get_option( 'permalink_structure' ) ) {
	$wp_rewrite->set_permalink_structure( '/%postname%/' );
}
if ( ! username_exists( 'bench' ) ) {
	wp_insert_user(
		array(
			'user_login' => 'bench',
			'user_pass'  => wp_generate_password(),
			'user_email' => 'bench@example.org',
			'role'       => 'editor',
		)
	);
}
if ( ! is_plugin_active( BENCH_PLUGIN ) ) {
	$result = activate_plugin( BENCH_PLUGIN );
	if ( is_wp_error( $result ) ) {
		fwrite( STDERR, 'The plugin could not be activated: ' . $result->get_error_message() . "\n" );
		exit( 1 );
	}
}
flush_rewrite_rules();
