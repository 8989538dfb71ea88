<?php
/**
 * Removes what Draftkeeper has set up. The jobs and the books stay, so that nothing is lost by trying another plugin;
 * `define( 'DRAFTKEEPER_REMOVE_DATA', true );` in wp-config.php removes them too.
 */

use Draftkeeper\Budgets\BudgetTable;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Usage\UsageTable;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( ! defined( 'DRAFTKEEPER_VERSION' ) ) {
	require __DIR__ . '/draftkeeper.php';
}

( static function () {
	global $wpdb;

	$sites = is_multisite() ? get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	) : array( get_current_blog_id() );
	foreach ( $sites as $site_id ) {
		if ( is_multisite() ) {
			switch_to_blog( $site_id );
		}
		SweepSchedule::clear();
		Capability::revoke();
		foreach ( array( 'schema', 'gateway_health', 'pseudonym_key', 'gateway_url', 'site_id', 'key_id', 'limits', 'cost_rates' ) as $name ) {
			delete_option( "draftkeeper_$name" );
		}
		if ( defined( 'DRAFTKEEPER_REMOVE_DATA' ) && DRAFTKEEPER_REMOVE_DATA ) {
			( new JobTable( $wpdb ) )->drop();
			( new UsageTable( $wpdb ) )->drop();
			( new BudgetTable( $wpdb ) )->drop();
		}
		if ( is_multisite() ) {
			restore_current_blog();
		}
	}
} )();
