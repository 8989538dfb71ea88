<?php
/**
 * Plugin Name:       Draftkeeper
 * Description:       Writes drafts for your posts and products with AI, keeps them until you have reviewed them, and keeps the books.
 * Version:           0.1.0
 * Requires at least: 6.8
 * Requires PHP:      8.1
 * Author:            The Draftkeeper authors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       draftkeeper
 * Domain Path:       /languages
 */

defined( 'ABSPATH' ) || exit;

define( 'DRAFTKEEPER_FILE', __FILE__ );
define( 'DRAFTKEEPER_DIR', __DIR__ );
define( 'DRAFTKEEPER_VERSION', '0.1.0' );

// This file must be readable for old versions of PHP: they are told so instead of failing.
if ( version_compare( PHP_VERSION, '8.1', '<' ) || version_compare( $GLOBALS['wp_version'], '6.8', '<' ) ) {
	add_action(
		'admin_notices',
		function () {
			if ( current_user_can( 'activate_plugins' ) ) {
				printf(
					'<div class="notice notice-error"><p>%s</p></div>',
					esc_html__( 'Draftkeeper needs PHP 8.1 and WordPress 6.8 or newer. It does nothing until then; nothing is lost.', 'draftkeeper' )
				);
			}
		}
	);
	return;
}

spl_autoload_register(
	static function ( $class_name ) {
		if ( 0 === strpos( $class_name, 'Draftkeeper\\' ) ) {
			$file = DRAFTKEEPER_DIR . '/php/src/' . str_replace( '\\', '/', substr( $class_name, 12 ) ) . '.php';
			if ( is_file( $file ) ) {
				require $file;
			}
		}
	}
);

require DRAFTKEEPER_DIR . '/php/src/functions.php';

// In the released zip. Of several plugins' copies the newest runs; without any, WP-Cron does.
if ( is_file( DRAFTKEEPER_DIR . '/vendor/woocommerce/action-scheduler/action-scheduler.php' ) ) {
	require_once DRAFTKEEPER_DIR . '/vendor/woocommerce/action-scheduler/action-scheduler.php';
}

Draftkeeper\Plugin::boot();
