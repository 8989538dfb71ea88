<?php
/** Starts PHPUnit: with WordPress when the settings name one (README.md), else with what the unit suite needs. */

require dirname( __DIR__, 2 ) . '/vendor/autoload.php';

( static function (): void {
	$settings = require __DIR__ . '/settings.php';

	if ( '' === $settings['WP'] ) {
		define( 'ABSPATH', __DIR__ . '/no-wordpress/' );
		require __DIR__ . '/Support/wordpress-functions.php';
		return;
	}

	if ( '' === $settings['CONTENT'] ) {
		$settings['CONTENT'] = sys_get_temp_dir() . '/draftkeeper-tests-' . bin2hex( random_bytes( 8 ) );
		register_shutdown_function( require __DIR__ . '/remove-folder.php', $settings['CONTENT'] );
	}

	if ( '1' !== $settings['INSTALLED'] ) {
		$environment = getenv();
		foreach ( $settings as $name => $value ) {
			$environment[ "DRAFTKEEPER_TEST_$name" ] = $value;
		}
		$pipes   = array();
		$process = proc_open( array( PHP_BINARY, __DIR__ . '/install.php' ), array( 1 => STDERR, 2 => STDERR ), $pipes, null, $environment );
		if ( false === $process || 0 !== proc_close( $process ) ) {
			fwrite( STDERR, "WordPress could not be installed for the tests; the reason stands above.\n" );
			exit( 1 );
		}
	}

	( require __DIR__ . '/wordpress.php' )( $settings );
} )();

if ( defined( 'WP_CONTENT_DIR' ) ) {
	// PHPUnit includes this file inside a function; WordPress expects its variables in the global scope.
	global $wpdb, $wp, $wp_query, $wp_the_query, $wp_rewrite, $wp_roles, $wp_locale, $wp_locale_switcher, $wp_widget_factory,
		$wp_embed, $wp_filter, $wp_actions, $wp_filters, $wp_current_filter, $wp_plugin_paths, $wp_object_cache, $table_prefix,
		$shortcode_tags, $allowedposttags, $allowedtags, $pagenow, $timestart, $wp_textdomain_registry, $wp_post_types, $wp_taxonomies;

	require ABSPATH . 'wp-settings.php';

	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	foreach ( array_diff_key( get_defined_vars(), $GLOBALS ) as $name => $value ) {
		$GLOBALS[ $name ] = $value;
	}
	// WP_DEBUG sets its own handler of levels; PHPUnit's stays in charge.
	error_reporting( E_ALL );
}
