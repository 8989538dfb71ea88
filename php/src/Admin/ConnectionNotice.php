<?php

namespace Draftkeeper\Admin;

use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** What a new administrator has to do next, on our pages and, after the activation, among the plugins. */
final class ConnectionNotice {
	public function __construct( private readonly Connection $connection, private readonly string $plugin_file ) {}

	public function register(): void {
		add_filter( 'plugin_action_links_' . plugin_basename( $this->plugin_file ), $this->add_link( ... ) );
		add_action( 'load-plugins.php', fn() => add_action( 'admin_notices', $this->render( ... ) ) );
	}

	/** Nothing once a gateway is connected, and for those who could not connect one. */
	public function render(): void {
		if ( 'not_connected' !== $this->connection->state() || ! current_user_can( Capability::MANAGE ) ) {
			return;
		}
		printf(
			'<div class="notice notice-warning"><p>%1$s <a href="%2$s">%3$s</a></p></div>',
			esc_html__( 'Draftkeeper is not connected to a gateway yet, so nothing can be generated.', 'draftkeeper' ),
			esc_url( Screens::url( Screens::SETTINGS ) ),
			esc_html__( 'Connect one in the settings.', 'draftkeeper' )
		);
	}

	/**
	 * @param string[] $links
	 * @return string[]
	 */
	private function add_link( array $links ): array {
		if ( ! current_user_can( Capability::MANAGE ) ) {
			return $links;
		}
		$link = sprintf( '<a href="%s">%s</a>', esc_url( Screens::url( Screens::SETTINGS ) ), esc_html__( 'Settings', 'draftkeeper' ) );
		return array( 'draftkeeper_settings' => $link ) + $links;
	}
}
