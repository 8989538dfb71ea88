<?php

namespace Draftkeeper\Blocks;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Settings\Capability;
use WP_Screen;

defined( 'ABSPATH' ) || exit;

/** The block `draftkeeper/product-description` and the one script of the editor, which holds the document panel too. */
final class DescriptionBlock {
	private const SCRIPT = 'draftkeeper-product-description-editor-script';

	public function __construct( private readonly Bootstrap $bootstrap, private readonly Build $build, private readonly string $folder ) {}

	public function register(): void {
		add_action( 'init', $this->add_block( ... ) );
		add_action( 'enqueue_block_editor_assets', $this->add_bootstrap( ... ) );
		add_action( 'admin_notices', $this->warn( ... ) );
	}

	/** Without its scripts the block stays unknown to the editor; what it has saved are core blocks in any case. */
	private function add_block(): void {
		if ( null === $this->build->asset( 'editor/index' ) ) {
			return;
		}
		register_block_type( $this->folder );
		wp_set_script_translations( self::SCRIPT, 'draftkeeper', "{$this->folder}/languages" );
	}

	private function add_bootstrap(): void {
		if ( is_user_logged_in() && wp_script_is( self::SCRIPT, 'registered' ) ) {
			$this->bootstrap->add_to( self::SCRIPT );
		}
	}

	private function warn(): void {
		$screen = get_current_screen();
		if ( $screen instanceof WP_Screen && 'plugins' === $screen->id && current_user_can( Capability::MANAGE ) && null === $this->build->asset( 'editor/index' ) ) {
			Build::render_missing_notice();
		}
	}
}
