<?php

namespace Draftkeeper\Admin;

use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** The page of the admin app: menu, root element, and its script and style on this page only. */
final class UsageScreen {
	public const SLUG   = 'draftkeeper';
	public const SCRIPT = 'draftkeeper-admin';

	private const ICON = 'dashicons-edit-page';

	private ?string $hook_suffix = null;

	public function __construct( private readonly Bootstrap $bootstrap, private readonly Connection $connection, private readonly Build $build ) {}

	public function register(): void {
		add_action( 'admin_menu', $this->add_page( ... ) );
		add_action( 'admin_enqueue_scripts', $this->enqueue( ... ) );
	}

	private function add_page(): void {
		$title  = __( 'Usage', 'draftkeeper' );
		$render = $this->render( ... );

		$this->hook_suffix = add_menu_page( $title, 'Draftkeeper', Capability::VIEW_USAGE, self::SLUG, $render, self::ICON ) ?: null;
		add_submenu_page( self::SLUG, $title, $title, Capability::VIEW_USAGE, self::SLUG, $render );
	}

	private function enqueue( string $hook_suffix ): void {
		$asset = $hook_suffix === $this->hook_suffix ? $this->build->asset( 'admin/index' ) : null;
		if ( null === $asset ) {
			return;
		}
		wp_enqueue_script( self::SCRIPT, $this->build->url( 'admin/index.js' ), $asset['dependencies'], $asset['version'], array( 'in_footer' => true ) );
		wp_set_script_translations( self::SCRIPT, 'draftkeeper', DRAFTKEEPER_DIR . '/languages' );
		$this->bootstrap->add_to( self::SCRIPT );
		wp_enqueue_style( self::SCRIPT, $this->build->url( 'admin/index.css' ), array( 'wp-components' ), $asset['version'] );
		wp_style_add_data( self::SCRIPT, 'rtl', 'replace' );
	}

	private function render(): void {
		if ( 'not_connected' === $this->connection->state() && current_user_can( Capability::MANAGE ) ) {
			$this->render_connection_notice();
		}
		if ( null === $this->build->asset( 'admin/index' ) ) {
			printf( '<div class="wrap"><h1>%s</h1>', esc_html__( 'Usage', 'draftkeeper' ) );
			Build::render_missing_notice();
			echo '</div>';
			return;
		}
		printf(
			'<div id="draftkeeper-admin" class="wrap"><noscript><p>%s</p></noscript></div>',
			esc_html__( 'This page needs JavaScript.', 'draftkeeper' )
		);
	}

	/** Names what is missing and where it goes, never what is set. */
	private function render_connection_notice(): void {
		$values  = array(
			'DRAFTKEEPER_GATEWAY_URL'    => $this->connection->gateway_url(),
			'DRAFTKEEPER_SITE_ID'        => $this->connection->site_id(),
			'DRAFTKEEPER_KEY_ID'         => $this->connection->key_id(),
			'DRAFTKEEPER_SIGNING_KEY'    => $this->connection->signing_key(),
			'DRAFTKEEPER_WEBHOOK_SECRET' => implode( ' ', $this->connection->webhook_secrets() ),
		);
		$missing = array_keys( array_filter( $values, static fn( string $value ) => '' === $value ) );
		printf(
			'<div class="notice notice-warning"><p>%1$s</p><ul class="ul-disc"><li><code>%2$s</code></li></ul><p>%3$s</p></div>',
			esc_html__( 'Draftkeeper is not connected to a gateway yet, so nothing can be generated. These constants are missing in wp-config.php (or in the environment):', 'draftkeeper' ),
			implode( '</code></li><li><code>', array_map( 'esc_html', $missing ) ),
			esc_html__( 'The gateway must know this site by the same values. How to connect the two is described in the plugin\'s README.', 'draftkeeper' )
		);
	}
}
