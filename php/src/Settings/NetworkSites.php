<?php

namespace Draftkeeper\Settings;

use WP_Site;

defined( 'ABSPATH' ) || exit;

/** Sites of a network that come and go: each has its own tables. */
final class NetworkSites {
	/** After WordPress has made the site's own tables and roles. */
	private const AFTER_WORDPRESS = 200;

	public function __construct( private readonly Installer $installer, private readonly Uninstaller $uninstaller ) {}

	public function register(): void {
		add_action( 'wp_initialize_site', $this->install_on( ... ), self::AFTER_WORDPRESS );
		add_filter( 'wpmu_drop_tables', $this->add_tables( ... ), 10, 2 );
	}

	/** Where it is activated for one site only, the others get nothing. */
	private function install_on( WP_Site $site ): void {
		if ( ! isset( ( (array) get_network_option( (int) $site->network_id, 'active_sitewide_plugins', array() ) )[ plugin_basename( DRAFTKEEPER_FILE ) ] ) ) {
			return;
		}
		switch_to_blog( (int) $site->blog_id );
		$this->installer->install_once();
		restore_current_blog();
	}

	/**
	 * @param array<int|string, string> $tables
	 * @return array<int|string, string>
	 */
	private function add_tables( array $tables, int $site_id ): array {
		global $wpdb;

		return array_merge( $tables, $this->uninstaller->tables( $wpdb->get_blog_prefix( $site_id ) ) );
	}
}
