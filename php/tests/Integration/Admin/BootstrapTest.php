<?php

namespace Draftkeeper\Tests\Integration\Admin;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class BootstrapTest extends IntegrationTestCase {
	public function test_an_administrator_learns_where_to_connect_and_to_export(): void {
		register_post_type( 'tool', array( 'public' => true, 'supports' => array( 'title', 'draftkeeper' ) ) );
		$user = $this->act_as( 'administrator' );
		$data = $this->data();
		self::assertSame( array(), Contract::check( 'bootstrap', json_decode( (string) wp_json_encode( $data ) ) ) );
		self::assertSame( $user, $data['user_id'] );
		self::assertSame( array( 'generate' => true, 'view_usage' => true, 'manage' => true ), $data['can'] );
		self::assertSame( array( 'tool' ), $data['post_types'] );
		self::assertStringEndsWith( 'admin.php?page=draftkeeper-settings', $data['connect_url'] );
		parse_str( (string) wp_parse_url( $data['export_url'], PHP_URL_QUERY ), $query );
		self::assertSame( 1, wp_verify_nonce( $query['_wpnonce'], 'wp_rest' ) );
	}

	public function test_an_author_learns_neither(): void {
		$this->act_as( 'author' );
		$data = $this->data();
		self::assertSame( array(), Contract::check( 'bootstrap', json_decode( (string) wp_json_encode( $data ) ) ) );
		self::assertSame( array( true, false, false ), array_values( $data['can'] ) );
		self::assertNull( $data['connect_url'] );
		self::assertStringEndsWith( 'admin.php?page=draftkeeper-mine', $data['limits_url'] );
		self::assertNull( $data['export_url'] );
	}

	public function test_no_value_can_end_the_script_element(): void {
		register_post_type( 'tool', array( 'public' => true, 'supports' => array( 'draftkeeper' ) ) );
		$this->act_as( 'author' );
		wp_register_script( 'example', false, array(), '1' );
		add_filter( 'rest_url', fn() => 'https://example.test/</script><script>alert(1)</script>' );
		get_userdata( get_current_user_id() )->add_cap( 'draftkeeper_view_usage' );
		$user = get_current_user_id();
		wp_set_current_user( 0 );
		wp_set_current_user( $user );
		( new Bootstrap( new Connection(), new FactSources( new PostTypeFacts() ), new ModelCatalogue( new Connection() ) ) )->add_to( 'example' );
		$printed = wp_scripts()->registered['example']->extra['before'][1];
		wp_deregister_script( 'example' );
		self::assertStringContainsString( 'alert', $printed );
		self::assertStringNotContainsString( '<', $printed );
	}

	private function data(): array {
		return ( new Bootstrap( new Connection(), new FactSources( new PostTypeFacts() ), new ModelCatalogue( new Connection() ) ) )->data();
	}
}
