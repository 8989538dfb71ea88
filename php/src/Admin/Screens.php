<?php

namespace Draftkeeper\Admin;

use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** The pages of the admin app: menu, root element, and its script and style on these pages only. */
final class Screens {
	public const USAGE    = 'draftkeeper';
	public const JOBS     = 'draftkeeper-jobs';
	public const LIMITS   = 'draftkeeper-limits';
	public const MINE     = 'draftkeeper-mine';
	public const SETTINGS = 'draftkeeper-settings';

	public const SCRIPT = 'draftkeeper-admin';

	private const ICON = 'dashicons-edit-page';

	/** Who may open a page. */
	private const CAPABILITIES = array(
		self::USAGE    => Capability::VIEW_USAGE,
		self::JOBS     => Capability::VIEW_USAGE,
		self::LIMITS   => Capability::MANAGE,
		self::MINE     => Capability::GENERATE,
		self::SETTINGS => Capability::MANAGE,
	);

	/** @var array<string, string> pages by hook suffix. */
	private array $pages = array();

	public function __construct( private readonly Bootstrap $bootstrap, private readonly Connection $connection, private readonly ConnectionNotice $connection_notice, private readonly Build $build ) {}

	public function register(): void {
		add_action( 'admin_menu', $this->add_pages( ... ) );
		add_action( 'admin_enqueue_scripts', $this->enqueue( ... ) );
	}

	private function add_pages(): void {
		add_menu_page( __( 'Draftkeeper', 'draftkeeper' ), __( 'Draftkeeper', 'draftkeeper' ), Capability::VIEW_USAGE, self::USAGE, '', self::ICON );
		foreach ( self::CAPABILITIES as $page => $capability ) {
			$title  = self::title( $page );
			$suffix = add_submenu_page( self::USAGE, $title, $title, $capability, $page, fn() => $this->render( $page ) );
			if ( false !== $suffix ) {
				$this->pages[ $suffix ] = $page;
			}
		}
	}

	private static function title( string $page ): string {
		return match ( $page ) {
			self::JOBS => __( 'Jobs', 'draftkeeper' ),
			self::LIMITS => __( 'Limits', 'draftkeeper' ),
			self::MINE => __( 'My limits', 'draftkeeper' ),
			self::SETTINGS => __( 'Settings', 'draftkeeper' ),
			default => __( 'Usage', 'draftkeeper' ),
		};
	}

	private function enqueue( string $hook_suffix ): void {
		$asset = isset( $this->pages[ $hook_suffix ] ) ? $this->build->asset( 'admin/index' ) : null;
		if ( null === $asset ) {
			return;
		}
		wp_enqueue_script( self::SCRIPT, $this->build->url( 'admin/index.js' ), $asset['dependencies'], $asset['version'], array( 'in_footer' => true ) );
		wp_set_script_translations( self::SCRIPT, 'draftkeeper', DRAFTKEEPER_DIR . '/languages' );
		$this->bootstrap->add_to( self::SCRIPT );
		wp_enqueue_style( self::SCRIPT, $this->build->url( 'admin/index.css' ), array( 'wp-components' ), $asset['version'] );
		wp_style_add_data( self::SCRIPT, 'rtl', 'replace' );
	}

	private function render( string $page ): void {
		// Behind the line WordPress puts the notices of others, which would not wait for the heading that the app makes.
		echo '<div class="wrap"><hr class="wp-header-end">';
		if ( self::SETTINGS !== $page ) {
			$this->render_state();
		}
		if ( null === $this->build->asset( 'admin/index' ) ) {
			printf( '<h1>%s</h1>', esc_html( self::title( $page ) ) );
			Build::render_missing_notice();
		} else {
			printf(
				'<div id="draftkeeper-admin" data-page="%s"><noscript><p>%s</p></noscript></div>',
				esc_attr( $page ),
				esc_html__( 'This page needs JavaScript.', 'draftkeeper' )
			);
		}
		echo '</div>';
	}

	/** Why nothing can be generated, and the way out; the settings screen tells more of it. */
	private function render_state(): void {
		if ( 'ai_disabled' === $this->connection->state() ) {
			printf( '<div class="notice notice-info"><p>%s</p></div>', esc_html__( 'AI features are switched off on this site, so nothing can be generated. What has been written and counted so far can be seen here.', 'draftkeeper' ) );
		}
		$this->connection_notice->render();
	}

	public static function url( string $page ): string {
		return admin_url( "admin.php?page=$page" );
	}
}
