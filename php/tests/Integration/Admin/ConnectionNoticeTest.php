<?php

namespace Draftkeeper\Tests\Integration\Admin;

use Draftkeeper\Admin\ConnectionNotice;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class ConnectionNoticeTest extends IntegrationTestCase {
	private const FILE = WP_PLUGIN_DIR . '/draftkeeper-elsewhere/draftkeeper.php';

	protected function setUp(): void {
		parent::setUp();
		remove_all_actions( 'load-plugins.php' );
		remove_all_actions( 'admin_notices' );
		( new ConnectionNotice( new Connection(), self::FILE ) )->register();
	}

	public function test_after_the_activation_an_administrator_is_told_among_the_plugins_what_comes_next(): void {
		$this->act_as( 'administrator' );
		self::assertSame( '', $this->notices() );
		do_action( 'load-plugins.php' );
		self::assertStringContainsString( 'admin.php?page=draftkeeper-settings', $this->notices() );
	}

	public function test_who_cannot_connect_a_gateway_is_not_told(): void {
		$this->act_as( 'editor' );
		do_action( 'load-plugins.php' );
		self::assertSame( '', $this->notices() );
		self::assertSame( array( 'deactivate' ), array_keys( $this->links() ) );
	}

	public function test_the_row_of_the_plugin_leads_to_its_settings(): void {
		$this->act_as( 'administrator' );
		self::assertSame( array( 'draftkeeper_settings', 'deactivate' ), array_keys( $this->links() ) );
		self::assertStringContainsString( 'admin.php?page=draftkeeper-settings', $this->links()['draftkeeper_settings'] );
	}

	private function notices(): string {
		ob_start();
		do_action( 'admin_notices' );
		return (string) ob_get_clean();
	}

	/** @return array<string, string> */
	private function links(): array {
		return apply_filters( 'plugin_action_links_draftkeeper-elsewhere/draftkeeper.php', array( 'deactivate' => '<a href="#">Deactivate</a>' ) );
	}
}
