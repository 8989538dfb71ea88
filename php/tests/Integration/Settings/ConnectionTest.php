<?php

namespace Draftkeeper\Tests\Integration\Settings;

use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\FakeGateway;
use Draftkeeper\Tests\Support\JobsTestCase;

final class ConnectionTest extends JobsTestCase {
	public function test_a_site_is_ready_only_with_address_names_and_keys(): void {
		$connection = new Connection();
		self::assertSame( 'ready', $connection->state() );
		foreach ( array( 'GATEWAY_URL', 'SITE_ID', 'KEY_ID', 'SIGNING_KEY', 'WEBHOOK_SECRET' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
			self::assertSame( 'not_connected', $connection->state(), $name );
			$this->connect();
		}
	}

	public function test_addresses_and_names_may_be_options_and_keys_may_not(): void {
		foreach ( array( 'GATEWAY_URL', 'SITE_ID', 'SIGNING_KEY', 'WEBHOOK_SECRET' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
		}
		update_option( 'draftkeeper_gateway_url', 'https://gateway.example.com/' );
		update_option( 'draftkeeper_site_id', 'from-option' );
		update_option( 'draftkeeper_signing_key', 'never' );
		update_option( 'draftkeeper_webhook_secret', 'never' );
		$connection = new Connection();
		self::assertSame( array( 'https://gateway.example.com', 'from-option', '', array() ), array( $connection->gateway_url(), $connection->site_id(), $connection->signing_key(), $connection->webhook_secrets() ) );
		putenv( 'DRAFTKEEPER_SITE_ID=from-environment' );
		self::assertSame( 'from-environment', $connection->site_id() );
	}

	public function test_the_address_must_be_one_of_a_server(): void {
		foreach ( array( 'gateway.example.com', 'ftp://gateway.example.com', 'javascript:alert(1)', 'http://', 'https://user:pass@gateway.example.com', 'https://gateway.example.com/?a=b', '/gateway' ) as $url ) {
			putenv( "DRAFTKEEPER_GATEWAY_URL=$url" );
			self::assertSame( '', ( new Connection() )->gateway_url(), $url );
			self::assertSame( 'not_connected', ( new Connection() )->state() );
		}
	}

	public function test_the_origin_is_written_as_browsers_write_it(): void {
		foreach ( array( FakeGateway::URL => 'http://127.0.0.1:48123', 'HTTPS://Gateway.Example.com:443/x/' => 'https://gateway.example.com', 'http://localhost:80' => 'http://localhost', 'https://h:80' => 'https://h:80' ) as $url => $origin ) {
			putenv( "DRAFTKEEPER_GATEWAY_URL=$url" );
			self::assertSame( $origin, ( new Connection() )->gateway_origin() );
		}
	}

	public function test_a_key_on_one_line_and_several_secrets_are_understood(): void {
		putenv( 'DRAFTKEEPER_SIGNING_KEY=' . str_replace( "\n", '\n', trim( self::signing_key() ) ) );
		self::assertSame( trim( self::signing_key() ), ( new Connection() )->signing_key() );
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET= whsec_a   whsec_b ' );
		self::assertSame( array( 'whsec_a', 'whsec_b' ), ( new Connection() )->webhook_secrets() );
	}
}
