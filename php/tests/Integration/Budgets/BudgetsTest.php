<?php

namespace Draftkeeper\Tests\Integration\Budgets;

use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** What jobs reserve, use and let go. The attempts of `finished()` have 530 tokens and cost 160 millionths. */
final class BudgetsTest extends JobsTestCase {
	private const NOTHING = array( 0, 0, 0 );
	private const CALLED  = array( 1, 530, 160 );

	private int $user;

	protected function setUp(): void {
		parent::setUp();
		$this->user = $this->act_as( 'author' );
	}

	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_BUDGETS' );
		parent::tearDown();
	}

	public function test_a_job_holds_what_it_may_use_until_its_result_is_settled(): void {
		$uuid = $this->created( array( 'options' => array( 'max_output_tokens' => 500 ) ) );
		$row  = $this->row( $uuid );
		self::assertSame( array( '1', wp_date( 'Y-m-d' ), 'author' ), array( (string) $row['reserved_requests'], $row['reserved_window'], $row['reserved_role'] ) );
		self::assertGreaterThan( 500, (int) $row['reserved_tokens'] );
		$this->assert_counters( self::NOTHING, array( 1, (int) $row['reserved_tokens'], 0 ) );

		$this->deliver( self::finished( $uuid ) );
		$this->assert_counters( self::CALLED, self::NOTHING );
		self::assertSame( array( '0', '0', '0' ), $this->held( $uuid ) );
	}

	public function test_a_result_that_comes_twice_is_settled_once(): void {
		$uuid   = $this->created();
		$result = self::finished( $uuid );
		$this->deliver( $result, 'msg_1' );
		$this->deliver( $result, 'msg_1' );
		$this->deliver( $result, 'msg_2' );
		$this->gateway->say_of( $uuid, $result );
		$this->offers->pull( array( $this->job( $uuid ) ), 2 );
		$this->assert_counters( self::CALLED, self::NOTHING );
	}

	public function test_a_failure_lets_go_and_keeps_what_it_has_cost(): void {
		$this->deliver( self::finished( $this->created(), array( 'status' => 'failed', 'code' => 'provider_rejected', 'message' => 'No.' ) ) );
		$this->assert_counters( self::CALLED, self::NOTHING );
		$this->deliver( self::finished( $this->created(), array( 'status' => 'failed', 'code' => 'expired', 'message' => 'No.' ), array( 'attempts' => array() ) ), 'msg_2' );
		$this->assert_counters( self::CALLED, self::NOTHING );
	}

	public function test_an_offer_that_is_refused_lets_go(): void {
		$this->gateway->answer_next( 422, array( 'type' => 'about:blank', 'title' => 'No', 'status' => 422, 'detail' => 'No.', 'instance' => 'x', 'code' => 'model_not_allowed', 'retryable' => false ) );
		self::assertSame( 'failed', $this->row( $this->created() )['status'] );
		$this->assert_counters( self::NOTHING, self::NOTHING );
	}

	public function test_a_late_success_after_a_failure_is_settled_into_the_day_of_its_reservation(): void {
		$uuid = $this->created();
		$this->set_row( $uuid, array( 'reserved_window' => '2026-02-28' ) );
		$this->results->fail( $this->job( $uuid ), \Draftkeeper\Errors\ErrorCode::WorkerLost, 'Lost.' );
		self::assertSame( array( '0', '0', '0' ), $this->held( $uuid ) );
		$this->deliver( self::finished( $uuid ) );
		self::assertSame( 'succeeded', $this->row( $uuid )['status'] );
		self::assertSame( self::CALLED, $this->counter( 'site', '2026-02-28', 'used' ) );
		self::assertSame( self::CALLED, $this->counter( "user:{$this->user}", '2026-02', 'used' ) );
		self::assertSame( self::NOTHING, $this->counter( 'site', wp_date( 'Y-m-d' ), 'used' ) );
	}

	public function test_a_canceled_job_lets_go_at_once_and_keeps_the_cost_that_comes_later(): void {
		$uuid = $this->created();
		self::assertSame( 200, $this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" )->get_status() );
		$this->assert_counters( self::NOTHING, self::NOTHING );
		$this->deliver( self::finished( $uuid ) );
		self::assertSame( 'canceled', $this->row( $uuid )['status'] );
		$this->assert_counters( self::CALLED, self::NOTHING );
	}

	public function test_two_ends_of_one_job_let_go_once(): void {
		$uuid  = $this->created();
		$other = $this->created();
		$stale = $this->job( $uuid );
		$this->results->fail( $stale, \Draftkeeper\Errors\ErrorCode::Expired, 'Late.' );
		$this->deliver( self::finished( $uuid ) );
		$this->results->fail( $stale, \Draftkeeper\Errors\ErrorCode::Expired, 'Late.' );
		self::assertSame( array_map( 'intval', $this->held( $other ) ), $this->counter( 'site', wp_date( 'Y-m-d' ), 'reserved' ) );
	}

	public function test_attempts_that_come_bit_by_bit_count_one_request(): void {
		$uuid    = $this->created();
		$result  = self::finished( $uuid );
		$attempt = $result['attempts'][0];
		$this->deliver( $result );
		$result['attempts'][] = array( 'attempt' => 2, 'tokens_in' => 10, 'tokens_out' => null, 'cost_micros' => null ) + $attempt;
		$this->deliver( $result, 'msg_2' );
		$this->assert_counters( array( 1, 540, 160 ), self::NOTHING );
	}

	public function test_a_reservation_and_its_job_are_stored_together_or_not_at_all(): void {
		global $wpdb;
		$log   = ini_set( 'error_log', '/dev/null' );
		$crash = static fn( string $sql ) => str_contains( $sql, 'INSERT IGNORE INTO' ) && str_contains( $sql, 'draftkeeper_jobs' ) ? throw new \RuntimeException( 'Gone.' ) : $sql;
		add_filter( 'query', $crash, 1 );
		self::assertSame( 500, $this->create()->get_status() );
		remove_filter( 'query', $crash, 1 );
		ini_set( 'error_log', (string) $log );
		self::assertSame( '0', (string) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}draftkeeper_budget WHERE reserved_requests <> 0" ) );
		self::assertSame( 0, $this->count_rows() );
	}

	public function test_who_loses_the_race_for_a_key_reserves_nothing(): void {
		$winner = '';
		$race   = function ( mixed $value ) use ( &$race, &$winner ): mixed {
			remove_filter( 'pre_option_draftkeeper_gateway_health', $race );
			$winner = $this->create( array(), 'click' )->get_data()['uuid'];
			return $value;
		};
		add_filter( 'pre_option_draftkeeper_gateway_health', $race );
		self::assertSame( 200, $this->create( array(), 'click' )->get_status() );
		self::assertSame( 1, $this->counter( 'site', wp_date( 'Y-m-d' ), 'reserved' )[0] );
	}

	/** @return array<string, array{array<string, mixed>, string}> */
	public static function budgets(): array {
		$budget = static fn( array $changes ) => $changes + array( 'scope' => 'site', 'period' => 'day', 'requests' => null, 'tokens' => null, 'micros' => null );
		return array(
			'requests of the site'    => array( $budget( array( 'requests' => 1 ) ), 'requests' ),
			'tokens of the month'     => array( $budget( array( 'period' => 'month', 'tokens' => 6000 ) ), 'tokens' ),
			'requests of a role'      => array( $budget( array( 'scope' => 'role', 'role' => 'author', 'requests' => 1 ) ), 'requests' ),
			'requests of each user'   => array( $budget( array( 'scope' => 'user', 'user_id' => null, 'requests' => 1 ) ), 'requests' ),
			'tokens of each user'     => array( $budget( array( 'scope' => 'user', 'user_id' => null, 'period' => 'month', 'tokens' => 6000 ) ), 'tokens' ),
		);
	}

	/** @param array<string, mixed> $budget */
	#[DataProvider( 'budgets' )]
	public function test_a_job_that_does_not_fit_is_refused_and_leaves_nothing_behind( array $budget, string $unit ): void {
		self::set_budgets( $budget );
		$first = $this->create();
		self::assertSame( 201, $first->get_status(), (string) wp_json_encode( $first->get_data() ) );
		$held     = $this->counter( 'site', wp_date( 'Y-m-d' ), 'reserved' );
		$response = 'tokens' === $unit ? $this->create( array( 'options' => array( 'max_output_tokens' => 4096 ) ) ) : $this->create();
		self::assert_error( 'budget_exhausted', 429, $response, array( 'scope' => $budget['scope'], 'period' => $budget['period'], 'unit' => $unit ) );
		$data = $response->get_data()['data'];
		self::assertSame( (string) $data['retry_after'], $response->get_headers()['Retry-After'] );
		self::assertEqualsWithDelta( strtotime( $data['opens_at'] ), time() + $data['retry_after'], 2 );
		self::assertSame( $held, $this->counter( 'site', wp_date( 'Y-m-d' ), 'reserved' ) );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_money_is_reserved_by_what_the_model_has_cost_of_late(): void {
		$uuid = $this->created( array( 'model' => 'small' ) );
		self::assertSame( '0', (string) $this->row( $uuid )['reserved_micros'] );
		$this->deliver( self::finished( $uuid ) );
		$this->sweep();
		$row = $this->row( $this->created( array( 'model' => 'small' ) ) );
		self::assertSame( (int) ceil( (int) $row['reserved_tokens'] * 160 / 530 ), (int) $row['reserved_micros'] );

		self::set_budgets( array( 'scope' => 'site', 'period' => 'day', 'requests' => null, 'tokens' => null, 'micros' => 161 ) );
		self::assert_error( 'budget_exhausted', 429, $this->create( array( 'model' => 'small' ) ), array( 'unit' => 'micros' ) );
	}

	public function test_no_money_means_no_job_even_of_a_model_whose_price_nobody_knows(): void {
		self::set_budgets( array( 'scope' => 'site', 'period' => 'day', 'requests' => null, 'tokens' => null, 'micros' => 0 ) );
		self::assert_error( 'budget_exhausted', 429, $this->create(), array( 'unit' => 'micros' ) );
	}

	public function test_a_budget_of_ones_own_stands_in_for_that_of_each_user(): void {
		self::set_budgets(
			array( 'scope' => 'user', 'user_id' => null, 'period' => 'day', 'requests' => 1, 'tokens' => null, 'micros' => null ),
			array( 'scope' => 'user', 'user_id' => $this->user, 'period' => 'day', 'requests' => 3, 'tokens' => null, 'micros' => null )
		);
		foreach ( array( 201, 201, 201, 429 ) as $status ) {
			self::assertSame( $status, $this->create()->get_status() );
		}
		$this->act_as( 'author' );
		self::assertSame( array( 201, 429 ), array( $this->create()->get_status(), $this->create()->get_status() ) );
	}

	public function test_what_is_let_go_makes_room_again(): void {
		self::set_budgets( array( 'scope' => 'site', 'period' => 'month', 'requests' => 1, 'tokens' => null, 'micros' => null ) );
		$uuid = $this->created();
		self::assertSame( 429, $this->create()->get_status() );
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" );
		self::assertSame( 201, $this->create()->get_status() );
	}

	public function test_a_budget_that_cannot_be_checked_stops_the_job_and_says_so(): void {
		$file = (string) tempnam( sys_get_temp_dir(), 'log' );
		$log  = ini_set( 'error_log', $file );
		$fail = static fn( string $sql ) => str_contains( $sql, 'draftkeeper_budget' ) ? throw new \RuntimeException( 'Gone.' ) : $sql;
		add_filter( 'query', $fail, 1 );
		$first = $this->create();
		remove_filter( 'query', $fail, 1 );
		putenv( 'DRAFTKEEPER_BUDGETS=[{"scope":"galaxy"}]' );
		$second = $this->create();
		ini_set( 'error_log', (string) $log );
		self::assert_error( 'budget_unavailable', 503, $first );
		self::assert_error( 'budget_unavailable', 503, $second );
		self::assertSame( 2, substr_count( (string) file_get_contents( $file ), 'the budgets could not be checked, so a job was not started' ) );
		self::assertSame( 0, $this->count_rows() );
		unlink( $file );
	}

	public function test_the_days_of_a_budget_are_those_of_the_site(): void {
		update_option( 'timezone_string', 'Pacific/Auckland' );
		$this->clock = (int) strtotime( '2026-02-28 11:30:00 UTC' );
		$reservation = $this->budgets->reservation( $this->user, new \Draftkeeper\Budgets\Amount( 1, 10, 0 ) );
		self::assertSame( '2026-03-01', $reservation->counters->day );
		self::set_budgets( array( 'scope' => 'site', 'period' => 'month', 'requests' => 5, 'tokens' => null, 'micros' => null ) );
		self::assertSame( '2026-03-31T11:00:00Z', $this->budgets->states()[0]->shape( 80, true )['opens_at'] );
	}

	public function test_the_sweep_puts_counters_right_that_say_something_else_than_the_jobs(): void {
		global $wpdb;
		$uuid = $this->created();
		$held = array_map( 'intval', $this->held( $uuid ) );
		$day  = wp_date( 'Y-m-d' );
		$past = wp_date( 'Y-m-d', $this->clock - 30 * DAY_IN_SECONDS );
		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_budget SET reserved_requests = 7, reserved_tokens = -3 WHERE scope = 'site'" );
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_budget WHERE scope = 'role:author'" );
		$wpdb->query( "INSERT INTO {$wpdb->prefix}draftkeeper_budget (scope, period, used_tokens, reserved_micros) VALUES ('role:shop keeper', '$past', 5, 9)" );
		$this->sweep();
		self::assertSame( $held, $this->counter( 'site', $day, 'reserved' ) );
		self::assertSame( $held, $this->counter( 'role:author', substr( $day, 0, 7 ), 'reserved' ) );
		self::assertSame( self::NOTHING, $this->counter( 'role:shop keeper', $past, 'reserved' ) );
		self::assertSame( array( 0, 5, 0 ), $this->counter( 'role:shop keeper', $past, 'used' ) );

		$this->deliver( self::finished( $uuid ) );
		$this->sweep();
		$this->assert_counters( self::CALLED, self::NOTHING );
	}

	public function test_a_job_of_the_time_before_budgets_ends_without_them(): void {
		$uuid = $this->created();
		global $wpdb;
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_budget" );
		$this->set_row( $uuid, array( 'reserved_requests' => 0, 'reserved_tokens' => 0, 'reserved_micros' => 0, 'reserved_window' => null, 'reserved_role' => null ) );
		$this->deliver( self::finished( $uuid ) );
		$this->assert_counters( self::CALLED, self::NOTHING );
	}

	/** @param array<string, mixed> ...$budgets */
	private static function set_budgets( array ...$budgets ): void {
		update_option( 'draftkeeper_limits', array( 'budgets' => $budgets ) );
	}

	/** @return list<string> */
	private function held( string $uuid ): array {
		$row = $this->row( $uuid );
		return array_map( 'strval', array( $row['reserved_requests'], $row['reserved_tokens'], $row['reserved_micros'] ) );
	}

	/** @return list<int> requests, tokens, micros. */
	private function counter( string $scope, string $period, string $kind ): array {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}draftkeeper_budget WHERE scope = %s AND period = %s", $scope, $period ), ARRAY_A );
		return array( (int) ( $row[ "{$kind}_requests" ] ?? 0 ), (int) ( $row[ "{$kind}_tokens" ] ?? 0 ), (int) ( $row[ "{$kind}_micros" ] ?? 0 ) );
	}

	/**
	 * Site, role and user, today and this month.
	 *
	 * @param list<int> $used
	 * @param list<int> $reserved
	 */
	private function assert_counters( array $used, array $reserved ): void {
		foreach ( array( 'site', 'role:author', "user:{$this->user}" ) as $scope ) {
			foreach ( array( wp_date( 'Y-m-d' ), wp_date( 'Y-m' ) ) as $period ) {
				self::assertSame( array( $used, $reserved ), array( $this->counter( $scope, $period, 'used' ), $this->counter( $scope, $period, 'reserved' ) ), "$scope $period" );
			}
		}
	}
}
