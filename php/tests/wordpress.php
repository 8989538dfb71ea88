<?php
/**
 * The wp-config.php of the tests, for the installation and for the run.
 *
 * @param array<string, string> $settings
 */
return static function ( array $settings ): void {
	$root    = dirname( __DIR__, 2 );
	$content = rtrim( $settings['CONTENT'], '/' );

	define( 'ABSPATH', rtrim( $settings['WP'], '/' ) . '/' );
	define( 'WP_CONTENT_DIR', $content );
	define( 'WP_CONTENT_URL', 'http://example.test/wp-content' );
	// The repository is the plugin's folder, so that it is loaded as on any site, without links or copies.
	define( 'WP_PLUGIN_DIR', '' === $settings['PLUGINS'] ? dirname( $root ) : $settings['PLUGINS'] );
	define( 'WP_PLUGIN_URL', 'http://example.test/wp-content/plugins' );
	define( 'DRAFTKEEPER_TEST_PLUGIN', '' === $settings['PLUGINS'] ? basename( $root ) . '/draftkeeper.php' : 'draftkeeper/draftkeeper.php' );

	define( 'DB_NAME', $settings['DB_NAME'] );
	define( 'DB_USER', $settings['DB_USER'] );
	define( 'DB_PASSWORD', $settings['DB_PASSWORD'] );
	define( 'DB_HOST', '' === $settings['DB_SOCKET'] ? 'localhost' : 'localhost:' . $settings['DB_SOCKET'] );
	define( 'DB_CHARSET', 'utf8mb4' );
	define( 'DB_COLLATE', '' );
	if ( 'sqlite' === $settings['DB'] ) {
		define( 'DB_DIR', "$content/database/" );
		define( 'DB_FILE', 'tests.sqlite' );
	}

	foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {
		define( "{$name}_KEY", "tests-only-$name-key" );
		define( "{$name}_SALT", "tests-only-$name-salt" );
	}
	define( 'WP_DEBUG', true );
	define( 'WP_DEBUG_DISPLAY', null );
	define( 'WP_ENVIRONMENT_TYPE', 'local' );
	define( 'DISABLE_WP_CRON', true );
	define( 'WP_HTTP_BLOCK_EXTERNAL', true );
	define( 'AUTOMATIC_UPDATER_DISABLED', true );

	if ( '1' === $settings['NETWORK'] && ! defined( 'WP_INSTALLING' ) ) {
		define( 'MULTISITE', true );
		define( 'SUBDOMAIN_INSTALL', false );
		define( 'DOMAIN_CURRENT_SITE', 'example.test' );
		define( 'PATH_CURRENT_SITE', '/' );
		define( 'SITE_ID_CURRENT_SITE', 1 );
		define( 'BLOG_ID_CURRENT_SITE', 1 );
	}

	$GLOBALS['table_prefix'] = 'wptests_';

	$_SERVER['HTTP_HOST']       = 'example.test';
	$_SERVER['SERVER_NAME']     = 'example.test';
	$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
	$_SERVER['REQUEST_METHOD']  = 'GET';
	$_SERVER['REQUEST_URI']     = '/';
	$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
};
