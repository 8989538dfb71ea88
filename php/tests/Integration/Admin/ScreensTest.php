<?php

namespace Draftkeeper\Tests\Integration\Admin;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Admin\ConnectionNotice;
use Draftkeeper\Admin\Screens;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\BuildFolder;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class ScreensTest extends IntegrationTestCase {
	private const HOOK = 'toplevel_page_draftkeeper';

	private BuildFolder $folder;

	protected function setUp(): void {
		parent::setUp();
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		$this->folder = new BuildFolder();
		foreach ( array( 'menu', 'submenu', '_wp_submenu_nopriv', '_wp_menu_nopriv', '_registered_pages', '_parent_pages', 'admin_page_hooks', '_wp_real_parent_file' ) as $name ) {
			$GLOBALS[ $name ] = array();
		}
		$GLOBALS['wp_scripts'] = null;
		$GLOBALS['wp_styles']  = null;
		remove_all_actions( 'admin_menu' );
		remove_all_actions( 'admin_enqueue_scripts' );
	}

	protected function tearDown(): void {
		$this->folder->remove();
		parent::tearDown();
	}

	public function test_script_and_style_are_on_this_page_only(): void {
		$this->act_as( 'administrator' );
		$this->folder->write( 'admin/index', array( 'wp-element', 'wp-i18n' ), 'abc' );
		$this->open();

		do_action( 'admin_enqueue_scripts', 'index.php' );
		self::assertFalse( wp_script_is( 'draftkeeper-admin' ) );

		do_action( 'admin_enqueue_scripts', self::HOOK );
		self::assertTrue( wp_script_is( 'draftkeeper-admin' ) );
		self::assertTrue( wp_style_is( 'draftkeeper-admin' ) );
		$script = wp_scripts()->registered['draftkeeper-admin'];
		self::assertSame( array( array( 'wp-element', 'wp-i18n' ), 'abc' ), array( $script->deps, $script->ver ) );
		self::assertStringEndsWith( '/build/admin/index.js', $script->src );
		self::assertStringStartsWith( 'window.draftkeeper = {"state":', $script->extra['before'][1] );
		self::assertSame( 'draftkeeper', $script->textdomain );
	}

	public function test_every_page_is_the_root_of_the_app_and_names_itself(): void {
		$this->act_as( 'administrator' );
		$this->folder->write( 'admin/index', array(), '1' );
		self::assertStringContainsString( '<div id="draftkeeper-admin" data-page="draftkeeper">', $this->open() );
		foreach ( array( 'jobs', 'limits', 'mine', 'settings' ) as $page ) {
			self::assertStringContainsString( "data-page=\"draftkeeper-$page\"", $this->open( "draftkeeper_page_draftkeeper-$page" ) );
		}
	}

	/** Until the app has made its heading nothing else tells WordPress where to put the notices of other plugins. */
	public function test_notices_have_a_place_inside_the_page(): void {
		$this->act_as( 'administrator' );
		$this->folder->write( 'admin/index', array(), '1' );
		self::assertStringStartsWith( '<div class="wrap"><hr class="wp-header-end"><div class="notice', $this->open() );
	}

	public function test_a_missing_build_is_said_and_nothing_is_enqueued(): void {
		$this->act_as( 'administrator' );
		self::assertStringContainsString( 'npm run build', $this->open() );
		do_action( 'admin_enqueue_scripts', self::HOOK );
		self::assertFalse( wp_script_is( 'draftkeeper-admin' ) );
	}

	public function test_who_may_manage_is_led_to_the_settings_and_not_on_that_page(): void {
		$this->act_as( 'administrator' );
		$this->folder->write( 'admin/index', array(), '1' );
		self::assertStringContainsString( 'page=draftkeeper-settings', $this->open() );
		self::assertStringNotContainsString( 'notice', $this->open( 'draftkeeper_page_draftkeeper-settings' ) );
	}

	public function test_a_site_without_ai_is_told_to_everybody_who_looks(): void {
		if ( ! function_exists( 'wp_supports_ai' ) ) {
			self::assertTrue( version_compare( $GLOBALS['wp_version'], '7.0', '<' ) );
			return;
		}
		$this->act_as( 'author' );
		$this->folder->write( 'admin/index', array(), '1' );
		add_filter( 'wp_supports_ai', '__return_false' );
		self::assertStringContainsString( 'switched off', $this->open( 'draftkeeper_page_draftkeeper-mine' ) );
	}

	public function test_a_viewer_who_may_not_manage_is_not_told(): void {
		$user = $this->act_as( 'subscriber' );
		get_userdata( $user )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( 0 );
		wp_set_current_user( $user );
		$this->folder->write( 'admin/index', array(), '1' );
		self::assertStringNotContainsString( 'draftkeeper-settings', $this->open() );
		self::assertSame( array( 'draftkeeper', 'draftkeeper-jobs' ), array_column( $GLOBALS['submenu']['draftkeeper'], 2 ) );
	}

	public function test_an_editor_has_the_page_of_his_own_limits_and_a_subscriber_has_none(): void {
		$this->act_as( 'editor' );
		$this->open();
		self::assertSame( array( 'draftkeeper-mine' ), array_column( $GLOBALS['submenu']['draftkeeper'], 2 ) );
		$GLOBALS['submenu'] = array();
		$this->act_as( 'subscriber' );
		$this->open();
		self::assertSame( array(), $GLOBALS['submenu'] );
	}

	/** Builds the menu and returns what the page prints. */
	private function open( string $hook = self::HOOK ): string {
		$connection = new Connection();
		$bootstrap  = new Bootstrap( $connection, new FactSources( new PostTypeFacts() ), new ModelCatalogue( new Connection() ) );
		$screens    = new Screens( $bootstrap, $connection, new ConnectionNotice( $connection, DRAFTKEEPER_FILE ), new Build( $this->folder->path, DRAFTKEEPER_FILE ) );
		remove_all_actions( 'admin_menu' );
		remove_all_actions( $hook );
		$screens->register();
		do_action( 'admin_menu' );
		ob_start();
		do_action( $hook );
		return (string) ob_get_clean();
	}
}
