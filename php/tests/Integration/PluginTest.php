<?php

namespace Draftkeeper\Tests\Integration;

use Draftkeeper\Tests\Support\IntegrationTestCase;

final class PluginTest extends IntegrationTestCase {
	protected function tearDown(): void {
		unload_textdomain( 'draftkeeper', true );
		parent::tearDown();
	}

	public function test_who_reads_german_is_answered_in_german(): void {
		$this->speak_german();
		self::assertSame( 'Einstellungen', __( 'Settings', 'draftkeeper' ) );
		self::assertSame( '2 Aufträge stecken fest.', sprintf( _n( '%d job is stuck.', '%d jobs are stuck.', 2, 'draftkeeper' ), 2 ) );
		$response = $this->dispatch( 'GET', '/draftkeeper/v1/limits' );
		self::assertSame( 'Bitte melde dich an, oder sende ein Anwendungspasswort.', $response->get_data()['message'] );
	}

	/** For every script by its handle, as wp_set_script_translations() looks for it. */
	public function test_every_script_has_its_texts_and_no_others(): void {
		$this->speak_german();
		$texts = static function ( string $handle ): array {
			wp_register_script( $handle, 'https://example.test/x.js', array(), '1' );
			$json = load_script_textdomain( $handle, 'draftkeeper', DRAFTKEEPER_DIR . '/languages' );
			wp_deregister_script( $handle );
			self::assertIsString( $json );
			return json_decode( $json, true )['locale_data']['draftkeeper'];
		};
		$admin  = $texts( 'draftkeeper-admin' );
		$editor = $texts( 'draftkeeper-product-description-editor-script' );
		self::assertSame( array( 'Erneut anfordern' ), $admin['Ask again'] );
		self::assertSame( array( 'Filter hinzufügen' ), $admin['Add filter'], 'tables speak with words of WordPress' );
		self::assertSame( array( 'Erzeugen' ), $editor['Generate'] );
		self::assertSame( array( 'Du bist offline.' ), $admin['You are offline.'] );
		self::assertSame( array( 'Du bist offline.' ), $editor['You are offline.'] );
		self::assertArrayNotHasKey( 'Ask again', $editor );
		self::assertSame( 'nplurals=2; plural=(n != 1);', $admin['']['plural-forms'] );
	}

	private function speak_german(): void {
		add_filter( 'determine_locale', static fn() => 'de_DE', 20 );
		self::assertTrue( load_textdomain( 'draftkeeper', DRAFTKEEPER_DIR . '/languages/draftkeeper-de_DE.mo', 'de_DE' ) );
	}
}
