<?php

namespace Draftkeeper\Tests\Integration\Abilities;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\Group;

final class TaskAbilitiesTest extends JobsTestCase {
	private const NAME = 'draftkeeper/product-description';

	#[Group( 'no-abilities' )]
	public function test_an_older_wordpress_goes_without(): void {
		if ( function_exists( 'wp_register_ability' ) ) {
			self::markTestSkipped( 'This WordPress has abilities.' );
		}
		self::assertTrue( has_action( 'wp_abilities_api_init' ) );
		self::assertSame( 404, $this->dispatch( 'GET', '/wp-abilities/v1/abilities' )->get_status() );
	}

	#[Group( 'abilities' )]
	public function test_there_is_one_for_each_task_with_the_contracts_input(): void {
		$this->need_abilities();
		$tasks = Contract::schema( 'create_job' )['properties']['task']['enum'];
		foreach ( $tasks as $task ) {
			$ability = wp_get_ability( 'draftkeeper/' . str_replace( '_', '-', $task ) );
			self::assertNotNull( $ability );
			$input = $ability->get_input_schema();
			self::assertArrayNotHasKey( 'task', $input['properties'] );
			self::assertSame( Contract::schema( 'create_job' )['properties']['input'], $input['properties']['input'] );
		}
		self::assertCount( count( $tasks ), array_filter( array_keys( wp_get_abilities() ), static fn( string $name ) => str_starts_with( $name, 'draftkeeper/' ) ) );
	}

	#[Group( 'abilities' )]
	public function test_it_makes_a_job_and_says_which(): void {
		$this->need_abilities();
		$user   = $this->act_as( 'author' );
		$post   = $this->post();
		$answer = wp_get_ability( self::NAME )->execute( self::input( array( 'post_id' => $post ) ) );
		self::assertIsArray( $answer, is_wp_error( $answer ) ? $answer->get_error_message() : '' );
		self::assertSame( array( 'uuid', 'status' ), array_keys( $answer ) );
		$job = $this->read( $answer['uuid'] );
		self::assertSame( array( 'product_description', $post, $user ), array( $job->task, $job->post_id, $job->user->id ) );
		self::assertCount( 1, $this->gateway->offered() );
	}

	#[Group( 'abilities' )]
	public function test_who_may_not_edit_the_post_or_not_ask_for_drafts_gets_none(): void {
		$this->need_abilities();
		$this->act_as( 'editor' );
		$post = $this->post();
		foreach ( array( 'author' => array( 'post_id' => $post ), 'subscriber' => array() ) as $role => $changes ) {
			$this->act_as( $role );
			$answer = wp_get_ability( self::NAME )->execute( self::input( $changes ) );
			self::assertSame( 'ability_invalid_permissions', is_wp_error( $answer ) ? $answer->get_error_code() : 'none', $role );
		}
		self::assertSame( 0, $this->count_rows() );
	}

	#[Group( 'abilities' )]
	public function test_input_that_does_not_fit_makes_no_job(): void {
		$this->need_abilities();
		$this->act_as( 'author' );
		foreach ( array( array(), self::input( array( 'surprise' => 1 ) ), self::input( array( 'post_id' => '5x' ) ), array( 'input' => array( 'facts' => array( 'name' => '' ) ) ) ) as $input ) {
			self::assertTrue( is_wp_error( wp_get_ability( self::NAME )->execute( $input ) ) );
		}
		self::assertSame( 0, $this->count_rows() );
	}

	#[Group( 'abilities' )]
	public function test_what_stands_in_the_way_is_said_with_our_codes(): void {
		$this->need_abilities();
		$this->act_as( 'author' );
		putenv( 'DRAFTKEEPER_SIGNING_KEY' );
		$answer = wp_get_ability( self::NAME )->execute( self::input() );
		self::assertSame( 'not_connected', is_wp_error( $answer ) ? $answer->get_error_code() : 'none' );
	}

	private function need_abilities(): void {
		if ( ! function_exists( 'wp_register_ability' ) ) {
			self::markTestSkipped( 'This WordPress has no abilities.' );
		}
	}

	/**
	 * @param array<string, mixed> $changes
	 * @return array<string, mixed>
	 */
	private static function input( array $changes = array() ): array {
		return $changes + array_diff_key( self::body_of_job(), array( 'task' => true ) );
	}
}
