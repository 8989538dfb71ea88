<?php

namespace Draftkeeper\Tests\Integration\Blocks;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Blocks\DescriptionBlock;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\BuildFolder;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use WP_Block_Type_Registry;

final class DescriptionBlockTest extends IntegrationTestCase {
	private const BLOCK  = 'draftkeeper/product-description';
	private const SCRIPT = 'draftkeeper-product-description-editor-script';

	private BuildFolder $folder;

	protected function setUp(): void {
		parent::setUp();
		$this->folder = new BuildFolder();
		copy( DRAFTKEEPER_DIR . '/block.json', "{$this->folder->path}/block.json" );
		$this->forget_block();
		remove_all_actions( 'init' );
		remove_all_actions( 'enqueue_block_editor_assets' );
	}

	protected function tearDown(): void {
		$this->forget_block();
		$this->folder->remove();
		parent::tearDown();
	}

	public function test_the_block_comes_with_its_script_and_what_the_script_must_know(): void {
		$this->act_as( 'editor' );
		$this->folder->write( 'editor/index', array( 'wp-blocks' ), 'abc' );
		$this->start();

		$block = WP_Block_Type_Registry::get_instance()->get_registered( self::BLOCK );
		self::assertSame( array( self::SCRIPT ), $block->editor_script_handles );
		self::assertSame( array( 'draftkeeper-product-description-editor-style' ), $block->editor_style_handles );
		self::assertSame( array( 'postId', 'postType' ), $block->uses_context );
		$script = wp_scripts()->registered[ self::SCRIPT ];
		self::assertContains( 'wp-blocks', $script->deps );
		self::assertSame( 'draftkeeper', $script->textdomain );
		self::assertStringStartsWith( 'window.draftkeeper = {"state":', $script->extra['before'][1] );
	}

	public function test_a_request_without_scripts_does_not_make_the_list_of_all_scripts(): void {
		$this->folder->write( 'editor/index', array( 'wp-blocks' ), 'abc' );
		$kept = array( $GLOBALS['wp_scripts'] ?? null, $GLOBALS['wp_actions'] );
		unset( $GLOBALS['wp_scripts'], $GLOBALS['wp_actions']['wp_default_scripts'] );
		try {
			$this->block()->register();
			do_action( 'init' );
			self::assertFalse( isset( $GLOBALS['wp_scripts'] ) );
			self::assertTrue( wp_script_is( self::SCRIPT, 'registered' ) );
		} finally {
			list( $GLOBALS['wp_scripts'], $GLOBALS['wp_actions'] ) = $kept;
		}
	}

	public function test_without_its_scripts_the_block_is_not_registered_and_nothing_complains(): void {
		$this->act_as( 'editor' );
		$this->start();
		self::assertFalse( WP_Block_Type_Registry::get_instance()->is_registered( self::BLOCK ) );
	}

	public function test_what_the_block_has_saved_is_shown_without_the_plugin(): void {
		$content = '<!-- wp:draftkeeper/product-description {"ref":"r"} --><!-- wp:paragraph --><p>Kept.</p><!-- /wp:paragraph --><!-- /wp:draftkeeper/product-description -->';
		self::assertStringContainsString( 'Kept.', do_blocks( $content ) );
	}

	private function start(): void {
		$this->block()->register();
		do_action( 'init' );
		do_action( 'enqueue_block_editor_assets' );
	}

	private function block(): DescriptionBlock {
		$bootstrap = new Bootstrap( new Connection(), new FactSources( new PostTypeFacts() ), new ModelCatalogue( new Connection() ) );
		return new DescriptionBlock( $bootstrap, new Build( $this->folder->path, "{$this->folder->path}/draftkeeper.php" ), $this->folder->path );
	}

	private function forget_block(): void {
		if ( WP_Block_Type_Registry::get_instance()->is_registered( self::BLOCK ) ) {
			unregister_block_type( self::BLOCK );
		}
		wp_deregister_script( self::SCRIPT );
	}
}
