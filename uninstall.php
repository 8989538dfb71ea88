<?php
/**
 * Removes what Draftkeeper has set up. The jobs and the books stay, so that nothing is lost by trying another plugin, unless the site's
 * setting says "On uninstall: delete everything" (or wp-config.php: `define( 'DRAFTKEEPER_ON_UNINSTALL', 'delete' );`).
 */

use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Settings\Uninstaller;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( ! defined( 'DRAFTKEEPER_VERSION' ) ) {
	require __DIR__ . '/draftkeeper.php';
}

( new Uninstaller( $GLOBALS['wpdb'], new ArchiveFolder() ) )->run();
