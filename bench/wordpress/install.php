<?php
/** Installs WordPress once. Plugins are not loaded meanwhile: one that makes tables on `init` breaks the installation. */

define( 'WP_INSTALLING', true );
require __DIR__ . '/load.php';

if ( is_blog_installed() ) {
	exit( 0 );
}
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter( 'pre_wp_mail', '__return_false' );
$wpdb->show_errors( false );
$result = wp_install( 'Draftkeeper bench', 'admin', 'admin@example.org', false, '', wp_generate_password() );
if ( ! ( $result['user_id'] ?? 0 ) ) {
	fwrite( STDERR, "WordPress could not be installed: {$wpdb->last_error}\n" );
	exit( 1 );
}
