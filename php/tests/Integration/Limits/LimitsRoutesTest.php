<?php

namespace Draftkeeper\Tests\Integration\Limits;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;

final class LimitsRoutesTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/limits';

	private const SITE_MONTH = array( 'scope' => 'site', 'period' => 'month', 'requests' => 10, 'tokens' => null, 'micros' => 1000 );
	private const EACH_DAY   = array( 'scope' => 'user', 'user_id' => null, 'period' => 'day', 'requests' => 2, 'tokens' => null, 'micros' => null );

	protected function tearDown(): void {
		foreach ( array( 'JOB_LIMIT', 'WARN_PERCENT', 'BUDGETS' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
		}
		parent::tearDown();
	}

	public function test_an_administrator_reads_the_defaults_and_changes_them(): void {
		$this->act_as( 'administrator' );
		$before = $this->answer( 'GET' );
		self::assertEquals( (object) array( 'job_limit' => (object) array( 'max_jobs' => 60, 'window_seconds' => 600 ), 'warn_percent' => 80, 'budgets' => array() ), $before->settings );

		$settings = self::settings( self::SITE_MONTH, self::EACH_DAY );
		$after    = $this->answer( 'PUT', $settings );
		self::assertEquals( json_decode( (string) wp_json_encode( $settings ) ), $after->settings );
		self::assertEquals( $after, $this->answer( 'GET' ) );
		self::assertSame( array( 'site' ), array_column( $after->states, 'scope' ) );
	}

	public function test_roles_and_the_people_of_budgets_come_with_their_names(): void {
		$this->act_as( 'administrator' );
		$ada    = $this->user( 'author', array( 'display_name' => 'Ada Example' ) );
		$answer = $this->answer( 'PUT', self::settings( array( 'user_id' => $ada ) + self::EACH_DAY, array( 'user_id' => 999999, 'period' => 'month' ) + self::EACH_DAY ) );
		self::assertEquals( array( (object) array( 'id' => $ada, 'name' => 'Ada Example' ) ), $answer->people );
		self::assertContains( 'author', array_column( $answer->roles, 'role' ) );
		self::assertSame( array(), $this->answer( 'PUT', self::settings() )->people );
	}

	public function test_people_are_found_by_a_part_of_their_name(): void {
		$this->act_as( 'administrator' );
		$ada    = $this->user( 'author', array( 'display_name' => 'Ada Example', 'user_login' => 'ada-example' ) );
		$answer = self::body( $this->dispatch( 'GET', self::ROUTE . '/users?search=da-exam' ) );
		self::assertSame( array(), Contract::check( 'limit_users', $answer ) );
		self::assertSame( array( $ada ), array_column( $answer->items, 'id' ) );
		self::assertSame( array(), self::body( $this->dispatch( 'GET', self::ROUTE . '/users?search=%25' ) )->items );
		self::assertNotSame( array(), self::body( $this->dispatch( 'GET', self::ROUTE . '/users' ) )->items );
		self::assert_error( 'invalid_query', 400, $this->dispatch( 'GET', self::ROUTE . '/users?search[]=a' ) );
		$this->act_as( 'editor' );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'GET', self::ROUTE . '/users' ) );
	}

	public function test_others_may_not(): void {
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', self::ROUTE ) );
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', self::ROUTE . '/mine' ) );
		$this->act_as( 'editor' );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'GET', self::ROUTE ) );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'PUT', self::ROUTE, self::settings() ) );
		self::assertSame( array(), get_option( 'draftkeeper_limits' ) );
	}

	public function test_settings_that_do_not_fit_the_contract_change_nothing(): void {
		$this->act_as( 'administrator' );
		$bodies = array( '{}', '[]', array( 'warn_percent' => 0 ) + self::settings(), array( 'job_limit' => array( 'max_jobs' => 0, 'window_seconds' => 600 ) ) + self::settings(), self::settings( array( 'scope' => 'galaxy' ) + self::SITE_MONTH ) );
		foreach ( $bodies as $body ) {
			self::assert_error( 'invalid_body', 400, $this->dispatch( 'PUT', self::ROUTE, $body ) );
		}
		$response = $this->dispatch( 'PUT', self::ROUTE, self::settings( self::SITE_MONTH, self::EACH_DAY, array( 'requests' => 1 ) + self::SITE_MONTH ) );
		self::assert_error( 'invalid_body', 400, $response, array( 'violations' => array( array( 'path' => 'budgets[2]', 'message' => 'is about the same as one before it' ) ) ) );
		self::assertSame( array(), get_option( 'draftkeeper_limits' ) );
	}

	public function test_what_the_configuration_sets_wins_and_is_locked(): void {
		$this->act_as( 'administrator' );
		putenv( 'DRAFTKEEPER_JOB_LIMIT=5/60' );
		putenv( 'DRAFTKEEPER_BUDGETS=' . wp_json_encode( array( self::SITE_MONTH ) ) );
		$answer = $this->answer( 'GET' );
		self::assertSame( array( 'job_limit', 'budgets' ), $answer->locked );
		self::assertEquals( (object) array( 'max_jobs' => 5, 'window_seconds' => 60 ), $answer->settings->job_limit );

		self::assert_error( 'setting_locked', 409, $this->dispatch( 'PUT', self::ROUTE, self::settings( self::SITE_MONTH ) ), array( 'settings' => array( 'job_limit' ) ) );
		$changed = array( 'warn_percent' => 50, 'job_limit' => array( 'window_seconds' => 60, 'max_jobs' => 5 ) ) + self::settings( self::SITE_MONTH );
		self::assertSame( 50, $this->answer( 'PUT', $changed )->settings->warn_percent );
		self::assertSame( array( 'warn_percent' => 50 ), get_option( 'draftkeeper_limits' ) );
	}

	public function test_everyone_sees_his_own_and_of_the_others_only_how_they_stand(): void {
		update_option( 'draftkeeper_limits', array( 'budgets' => array( self::SITE_MONTH, self::EACH_DAY ), 'job_limit' => array( 'max_jobs' => 2, 'window_seconds' => 600 ) ) );
		$user = $this->act_as( 'author' );
		$mine = $this->mine();
		self::assertSame( array( 2, null ), array( $mine->job_limit->remaining, $mine->job_limit->opens_at ) );
		self::assertSame( array( 'site', 'user' ), array_column( $mine->budgets, 'scope' ) );
		self::assertNull( $mine->budgets[0]->amounts );
		self::assertSame( array( (string) $user, 'ok' ), array( $mine->budgets[1]->subject, $mine->budgets[1]->level ) );

		$this->deliver( self::finished( $this->created() ) );
		$this->created();
		$mine = $this->mine();
		self::assertSame( 0, $mine->job_limit->remaining );
		self::assertGreaterThan( time(), strtotime( $mine->job_limit->opens_at ) );
		self::assertEquals( array( (object) array( 'unit' => 'requests', 'limit' => 2, 'used' => 1, 'reserved' => 1 ) ), $mine->budgets[1]->amounts );
		self::assertSame( array( 'ok', 'exhausted' ), array_column( $mine->budgets, 'level' ) );
		self::assertSame( wp_date( 'Y-m-d', time() + 86400 ), wp_date( 'Y-m-d', strtotime( $mine->budgets[1]->opens_at ) ) );

		$this->act_as( 'administrator' );
		self::assertIsArray( $this->mine()->budgets[0]->amounts );
	}

	public function test_a_budget_warns_before_it_stops(): void {
		update_option( 'draftkeeper_limits', array( 'budgets' => array( array( 'micros' => 200 ) + self::SITE_MONTH ), 'warn_percent' => 80 ) );
		$this->act_as( 'administrator' );
		self::assertSame( 'ok', $this->answer( 'GET' )->states[0]->level );
		$this->deliver( self::finished( $this->created() ) );
		self::assertSame( 'warning', $this->answer( 'GET' )->states[0]->level );
		$this->deliver( self::finished( $this->created() ), 'msg_2' );
		self::assertSame( 'exhausted', $this->answer( 'GET' )->states[0]->level );
		self::assert_error( 'budget_exhausted', 429, $this->create() );
	}

	public function test_the_routes_describe_themselves(): void {
		self::assertSame( Contract::schema( 'limits_answer' ), $this->dispatch( 'OPTIONS', self::ROUTE )->get_data()['schema'] );
		self::assertSame( Contract::schema( 'my_limits' ), $this->dispatch( 'OPTIONS', self::ROUTE . '/mine' )->get_data()['schema'] );
	}

	/**
	 * @param array<string, mixed> ...$budgets
	 * @return array<string, mixed>
	 */
	private static function settings( array ...$budgets ): array {
		return array( 'job_limit' => array( 'max_jobs' => 30, 'window_seconds' => 300 ), 'warn_percent' => 70, 'budgets' => $budgets );
	}

	/** @param array<string, mixed>|null $body */
	private function answer( string $method, ?array $body = null ): object {
		$response = $this->dispatch( $method, self::ROUTE, $body );
		self::assertSame( 200, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		self::assertSame( array(), Contract::check( 'limits_answer', self::body( $response ) ) );
		return self::body( $response );
	}

	private function mine(): object {
		$body = self::body( $this->dispatch( 'GET', self::ROUTE . '/mine' ) );
		self::assertSame( array(), Contract::check( 'my_limits', $body ) );
		return $body;
	}
}
