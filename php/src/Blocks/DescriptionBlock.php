<?php

namespace Draftkeeper\Blocks;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Settings\Capability;
use WP_Screen;
use WP_Scripts;
use WP_Styles;

defined( 'ABSPATH' ) || exit;

/** The block `draftkeeper/product-description` and the one script of the editor, which holds the document panel too. */
final class DescriptionBlock {
	private const SCRIPT = 'draftkeeper-product-description-editor-script';
	private const STYLE  = 'draftkeeper-product-description-editor-style';
	private const ENTRY  = 'editor/index';

	public function __construct( private readonly Bootstrap $bootstrap, private readonly Build $build, private readonly string $folder ) {}

	public function register(): void {
		add_action( 'init', $this->add_block( ... ) );
		add_action( 'wp_default_scripts', $this->add_script( ... ) );
		add_action( 'wp_default_styles', $this->add_style( ... ) );
		add_action( 'enqueue_block_editor_assets', $this->add_bootstrap( ... ) );
		add_action( 'admin_notices', $this->warn( ... ) );
	}

	/** Without its scripts the block stays unknown to the editor; what it has saved are core blocks in any case. */
	private function add_block(): void {
		if ( null === $this->build->asset( self::ENTRY ) ) {
			return;
		}
		// By name: a path would make every request, also of a REST route or a feed, list all scripts of WordPress.
		register_block_type( $this->folder, array( 'editorScript' => self::SCRIPT, 'editorStyle' => self::STYLE ) );
		if ( did_action( 'wp_default_scripts' ) ) {
			$this->add_script( wp_scripts() );
		}
		if ( did_action( 'wp_default_styles' ) ) {
			$this->add_style( wp_styles() );
		}
	}

	private function add_script( WP_Scripts $scripts ): void {
		$asset = $this->build->asset( self::ENTRY );
		if ( null !== $asset ) {
			$scripts->add( self::SCRIPT, $this->build->url( self::ENTRY . '.js' ), $asset['dependencies'], $asset['version'] );
			$scripts->set_translations( self::SCRIPT, 'draftkeeper', "{$this->folder}/languages" );
		}
	}

	private function add_style( WP_Styles $styles ): void {
		$asset = $this->build->asset( self::ENTRY );
		if ( null !== $asset ) {
			$styles->add( self::STYLE, $this->build->url( self::ENTRY . '.css' ), array(), $asset['version'] );
			$styles->add_data( self::STYLE, 'rtl', 'replace' );
		}
	}

	private function add_bootstrap(): void {
		if ( is_user_logged_in() && wp_script_is( self::SCRIPT, 'registered' ) ) {
			$this->bootstrap->add_to( self::SCRIPT );
		}
	}

	private function warn(): void {
		$screen = get_current_screen();
		if ( $screen instanceof WP_Screen && 'plugins' === $screen->id && current_user_can( Capability::MANAGE ) && null === $this->build->asset( self::ENTRY ) ) {
			Build::render_missing_notice();
		}
	}
}
