<?php
/** On a site that `install.php` has made with the plugin of a released zip: switches it off and on again as a person would, and prints as JSON what there is. */

use Draftkeeper\Jobs\SweepSchedule;

$notices = array();
set_error_handler(
	static function ( int $level, string $text, string $file ) use ( &$notices ): bool {
		$notices[] = "$text in $file";
		return true;
	},
	E_ALL & ~E_DEPRECATED
);

$settings = require dirname( __DIR__, 2 ) . '/settings.php';
( require dirname( __DIR__, 2 ) . '/wordpress.php' )( $settings );
define( 'DOING_CRON', true );
require ABSPATH . 'wp-settings.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

deactivate_plugins( DRAFTKEEPER_TEST_PLUGIN );
$is_clear = false === wp_next_scheduled( SweepSchedule::HOOK );
$result   = activate_plugin( DRAFTKEEPER_TEST_PLUGIN );
do_action( 'wp_loaded' );

echo wp_json_encode(
	array(
		'active'   => is_plugin_active( DRAFTKEEPER_TEST_PLUGIN ),
		'problem'  => is_wp_error( $result ) ? $result->get_error_message() : null,
		'notices'  => $notices,
		'cleared'  => $is_clear,
		'runner'   => SweepSchedule::runner(),
		'from'     => class_exists( 'ActionScheduler' ) ? str_replace( WP_PLUGIN_DIR, '', ActionScheduler::plugin_path( '' ) ) : null,
		'routes'   => count( array_filter( array_keys( rest_get_server()->get_routes() ), static fn( string $route ) => str_starts_with( $route, '/draftkeeper/v1/' ) ) ),
		'block'    => WP_Block_Type_Registry::get_instance()->is_registered( 'draftkeeper/product-description' ),
		'tables'   => count( $wpdb->get_col( "SHOW TABLES LIKE '{$wpdb->prefix}draftkeeper_%'" ) ),
	)
);
