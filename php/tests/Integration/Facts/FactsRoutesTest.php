<?php

namespace Draftkeeper\Tests\Integration\Facts;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use PHPUnit\Framework\Attributes\TestWith;

final class FactsRoutesTest extends IntegrationTestCase {
	private const FACTS = array(
		'name'          => '',
		'sku'           => null,
		'categories'    => array( 'Kitchen' ),
		'tags'          => array(),
		'attributes'    => array( array( 'name' => 'Width', 'value' => '42', 'unit' => null ) ),
		'price'         => null,
		'images'        => array(),
		'existing_text' => null,
	);

	public function test_answers_the_facts_of_a_post_and_their_problems(): void {
		register_post_type( 'tool', array( 'public' => true, 'supports' => array( 'title', 'draftkeeper' ) ) );
		$this->act_as( 'editor' );
		$post     = $this->post( array( 'post_type' => 'tool', 'post_title' => 'Hammer' ) );
		$response = $this->dispatch( 'GET', "/draftkeeper/v1/facts?post_id=$post" );
		$body     = self::body( $response );
		self::assertSame( 200, $response->get_status() );
		self::assertSame( array(), Contract::check( 'facts_answer', $body ) );
		self::assertSame( 'Hammer', $body->facts->name );
		self::assertSame( array( 'attributes', 'categories' ), array_column( $body->problems, 'field' ) );
	}

	public function test_a_post_type_without_support_has_no_facts_and_no_problems(): void {
		$this->act_as( 'editor' );
		$body = self::body( $this->dispatch( 'GET', '/draftkeeper/v1/facts?post_id=' . $this->post() ) );
		self::assertEquals( (object) array( 'facts' => null, 'problems' => array() ), $body );
	}

	public function test_a_post_that_one_may_not_edit_is_not_there(): void {
		$post = $this->post( array( 'post_author' => $this->user( 'editor' ), 'post_status' => 'private' ) );
		$this->act_as( 'author' );
		foreach ( array( $post, 987654 ) as $id ) {
			$response = $this->dispatch( 'GET', "/draftkeeper/v1/facts?post_id=$id" );
			self::assertSame( array( 404, 'post_not_found' ), array( $response->get_status(), $response->get_data()['code'] ) );
		}
	}

	#[TestWith( array( '' ) )]
	#[TestWith( array( 'post_id=' ) )]
	#[TestWith( array( 'post_id=0' ) )]
	#[TestWith( array( 'post_id=1e3' ) )]
	#[TestWith( array( 'post_id[]=1' ) )]
	public function test_an_id_that_is_none_is_named( string $query ): void {
		$this->act_as( 'editor' );
		$response = $this->dispatch( 'GET', "/draftkeeper/v1/facts?$query" );
		self::assertSame( array( 400, 'invalid_query' ), array( $response->get_status(), $response->get_data()['code'] ) );
		self::assertSame( 'post_id', $response->get_data()['data']['violations'][0]['path'] );
	}

	public function test_checks_facts_that_are_still_being_typed(): void {
		$this->act_as( 'author' );
		$response = $this->dispatch( 'POST', '/draftkeeper/v1/facts/check', array( 'facts' => self::FACTS ) );
		$body     = self::body( $response );
		self::assertSame( 200, $response->get_status() );
		self::assertSame( array(), Contract::check( 'facts_check_answer', $body ) );
		self::assertSame( array( 'name', 'attributes.Width' ), array_column( $body->problems, 'field' ) );
		self::assertSame( 'Width is 42, but the unit is missing.', $body->problems[1]->message );
	}

	#[TestWith( array( '{"facts":', 'malformed_json' ) )]
	#[TestWith( array( '[]', 'invalid_body' ) )]
	#[TestWith( array( '{}', 'invalid_body' ) )]
	#[TestWith( array( '{"facts":{"name":7}}', 'invalid_body' ) )]
	public function test_refuses_a_body_of_another_form( string $body, string $code ): void {
		$this->act_as( 'author' );
		$response = $this->dispatch( 'POST', '/draftkeeper/v1/facts/check', $body );
		self::assertSame( array( 400, $code ), array( $response->get_status(), $response->get_data()['code'] ) );
	}

	#[TestWith( array( 'GET', '/draftkeeper/v1/facts?post_id=1' ) )]
	#[TestWith( array( 'POST', '/draftkeeper/v1/facts/check' ) )]
	public function test_only_who_may_generate_asks( string $method, string $route ): void {
		$body = 'POST' === $method ? array( 'facts' => self::FACTS ) : null;
		self::assertSame( 401, $this->dispatch( $method, $route, $body )->get_status() );
		$this->act_as( 'subscriber' );
		self::assertSame( 403, $this->dispatch( $method, $route, $body )->get_status() );
	}
}
