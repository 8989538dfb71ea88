<?php
/** Installs WordPress for the tests and activates the plugin. Runs in its own process, before PHPUnit loads WordPress. */

$settings = require __DIR__ . '/settings.php';

foreach ( array( 'WP', 'CONTENT' ) as $name ) {
	if ( '' === $settings[ $name ] ) {
		fwrite( STDERR, "DRAFTKEEPER_TEST_$name is not set.\n" );
		exit( 2 );
	}
}

$content = rtrim( $settings['CONTENT'], '/' );
foreach ( array( $content, "$content/database", "$content/uploads", "$content/themes" ) as $folder ) {
	if ( ! is_dir( $folder ) ) {
		mkdir( $folder, 0700, true );
	}
}

if ( 'sqlite' === $settings['DB'] ) {
	array_map( 'unlink', glob( "$content/database/tests.sqlite*" ) ?: array() );
	$dropin = file_get_contents( $settings['SQLITE'] . '/db.copy' );
	if ( false === $dropin ) {
		fwrite( STDERR, "DRAFTKEEPER_TEST_SQLITE names no folder with db.copy.\n" );
		exit( 2 );
	}
	file_put_contents( "$content/db.php", str_replace( '{SQLITE_IMPLEMENTATION_FOLDER_PATH}', realpath( $settings['SQLITE'] ), $dropin ) );
} else {
	mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
	$server = new mysqli( 'localhost', $settings['DB_USER'], $settings['DB_PASSWORD'], '', 0, $settings['DB_SOCKET'] ?: null );
	$server->query( "DROP DATABASE IF EXISTS `{$settings['DB_NAME']}`" );
	$server->query( "CREATE DATABASE `{$settings['DB_NAME']}` CHARACTER SET utf8mb4" );
	$server->close();
	if ( is_file( "$content/db.php" ) ) {
		unlink( "$content/db.php" );
	}
}

if ( '' !== $settings['ACTION_SCHEDULER'] ) {
	mkdir( "$content/mu-plugins", 0700, true );
	copy( __DIR__ . '/Support/action-scheduler/load.php', "$content/mu-plugins/action-scheduler.php" );
}

define( 'WP_INSTALLING', true );
( require __DIR__ . '/wordpress.php' )( $settings );
require ABSPATH . 'wp-settings.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

add_filter( 'pre_wp_mail', '__return_false' );
$wpdb->show_errors( false );
$result = wp_install( 'Draftkeeper tests', 'admin', 'admin@example.test', true, '', 'password' );
if ( ! ( $result['user_id'] ?? 0 ) ) {
	fwrite( STDERR, "WordPress could not be installed: {$wpdb->last_error}\n" );
	exit( 1 );
}
update_option( 'permalink_structure', '/%postname%/' );

require WP_PLUGIN_DIR . '/' . DRAFTKEEPER_TEST_PLUGIN;
do_action( 'activate_' . DRAFTKEEPER_TEST_PLUGIN, false );
update_option( 'active_plugins', array( DRAFTKEEPER_TEST_PLUGIN ) );

if ( '1' === $settings['NETWORK'] ) {
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
		$wpdb->$table = $name;
	}
	install_network();
	$made = populate_network( 1, 'example.test', 'admin@example.test', 'Draftkeeper tests', '/', false );
	// "no_wildcard_dns" only warns.
	if ( is_wp_error( $made ) && 'no_wildcard_dns' !== $made->get_error_code() ) {
		fwrite( STDERR, "The network could not be made: {$made->get_error_message()}\n" );
		exit( 1 );
	}
	$active = array( 'site_id' => 1, 'meta_key' => 'active_sitewide_plugins', 'meta_value' => serialize( array( DRAFTKEEPER_TEST_PLUGIN => time() ) ) );
	$wpdb->delete( $wpdb->sitemeta, array( 'meta_key' => 'active_sitewide_plugins' ) );
	$wpdb->insert( $wpdb->sitemeta, $active );
}
