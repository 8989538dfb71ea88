<?php
/**
 * Plugin Name:       Draftkeeper demo shop
 * Description:       A small shop with products to try Draftkeeper on. Some of their data is missing, dirty or contradictory on purpose.
 * Version:           0.1.0
 * Requires at least: 6.8
 * Requires PHP:      8.1
 * License:           GPL-2.0-or-later
 */

namespace Draftkeeper\Demo;

defined( 'ABSPATH' ) || exit;

foreach ( array( 'ProductType', 'ProductPage', 'Picture', 'Seed' ) as $name ) {
	require_once __DIR__ . "/src/$name.php";
}

( new ProductType() )->register();
( new ProductPage() )->register();
( new Seed( $GLOBALS['wpdb'] ) )->register( __FILE__ );
