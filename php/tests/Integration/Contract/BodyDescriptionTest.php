<?php

namespace Draftkeeper\Tests\Integration\Contract;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Health\Checks;
use Draftkeeper\Plugin;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class BodyDescriptionTest extends IntegrationTestCase {
	#[DataProvider( 'routes' )]
	public function test_options_tells_the_body_that_the_contract_checks( string $route, string $method, string $schema ): void {
		$this->act_as( 'administrator' );
		$data     = $this->dispatch( 'OPTIONS', "/draftkeeper/v1$route" )->get_data();
		$endpoint = current( array_filter( $data['endpoints'], static fn( array $endpoint ) => in_array( $method, $endpoint['methods'], true ) ) );
		$expected = Contract::schema( $schema );
		self::assertSame( array_keys( $expected['properties'] ), array_values( array_diff( array_keys( $endpoint['args'] ), array( 'uuid' ) ) ) );
		self::assertSame( str_contains( $route, '-' ), isset( $endpoint['args']['uuid'] ) );
		foreach ( array_intersect_key( $endpoint['args'], $expected['properties'] ) as $name => $argument ) {
			self::assertSame( in_array( $name, $expected['required'] ?? array(), true ), $argument['required'], $name );
			self::assertSame( array_diff_key( $expected['properties'][ $name ], array( 'required' => 1 ) ), array_diff_key( $argument, array( 'required' => 1 ) ) );
		}
		self::assertSame( $expected, $endpoint['body'] );
		self::assertNotEmpty( $data['schema'] );
	}

	/** @return iterable<string, array{string, string, string}> */
	public static function routes(): iterable {
		$uuid = '00000000-0000-4000-8000-000000000000';
		yield 'create a job' => array( '/jobs', 'POST', 'create_job' );
		yield 'review a draft' => array( "/jobs/$uuid/review", 'POST', 'create_review' );
		yield 'check facts' => array( '/facts/check', 'POST', 'facts_check' );
		yield 'set limits' => array( '/limits', 'PUT', 'limit_settings' );
	}

	public function test_options_tells_what_a_route_needs_in_its_address_and_what_it_answers_with(): void {
		$this->act_as( 'administrator' );
		$uuid = '00000000-0000-4000-8000-000000000000';
		foreach ( array( '/facts' => 'post_id', '/health/gateway' => 'check', "/jobs/$uuid" => 'uuid', "/jobs/$uuid/retry" => 'uuid', "/jobs/$uuid/ticket" => 'uuid' ) as $route => $name ) {
			$data = $this->dispatch( 'OPTIONS', "/draftkeeper/v1$route" )->get_data();
			self::assertTrue( $data['endpoints'][0]['args'][ $name ]['required'], $route );
			self::assertNotEmpty( $data['schema'], $route );
		}
		// What is told is not done by WordPress: the code is ours.
		self::assertSame( 'invalid_query', $this->dispatch( 'GET', '/draftkeeper/v1/facts' )->get_data()['code'] );
		self::assertSame( array_keys( Plugin::checks()->remote() ), Checks::REMOTE );
	}

	public function test_every_route_that_takes_a_body_names_it(): void {
		foreach ( rest_get_server()->get_routes( 'draftkeeper/v1' ) as $route => $handlers ) {
			foreach ( $handlers as $handler ) {
				// A retry and a ticket take none, a webhook is hidden.
				$takes_body = array() !== array_intersect( array( 'POST', 'PUT', 'PATCH' ), array_keys( $handler['methods'] ) ) && (bool) ( $handler['show_in_index'] ?? false );
				if ( $takes_body && 1 !== preg_match( '#/(?:retry|ticket)$#', $route ) && '/draftkeeper/v1' !== $route ) {
					self::assertNotSame( '', $handler['body'] ?? '', $route );
				}
			}
		}
	}

	public function test_the_description_coerces_nothing(): void {
		$this->act_as( 'author' );
		$response = $this->dispatch( 'POST', '/draftkeeper/v1/jobs', array( 'task' => 'product_description', 'post_id' => '3' ) );
		self::assertSame( 'invalid_body', $response->get_data()['code'] );
	}
}
