<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Tests\Support\JobsTestCase;

/** Idempotency: one click, one job. */
final class JobCreationTest extends JobsTestCase {
	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
	}

	public function test_the_same_key_and_body_answer_with_the_same_job(): void {
		$first  = $this->create( array(), 'click' );
		$second = $this->create( array(), 'click' );
		self::assertSame( array( 201, 200 ), array( $first->get_status(), $second->get_status() ) );
		self::assertSame( $first->get_data()['uuid'], $second->get_data()['uuid'] );
		self::assertArrayNotHasKey( 'Idempotency-Replayed', $first->get_headers() );
		self::assertSame( 'true', $second->get_headers()['Idempotency-Replayed'] );
		self::assertArrayNotHasKey( 'Location', $second->get_headers(), 'A web server may take a 200 with a Location for a redirect.' );
		self::assertSame( 1, $this->count_rows() );
		self::assertCount( 1, $this->gateway->requests );
	}

	public function test_a_repeated_request_changes_nothing_of_a_job_wherever_that_stands(): void {
		$this->gateway->go_down();
		$uuid   = $this->create( array(), 'click' )->get_data()['uuid'];
		$repeat = function () use ( $uuid ): void {
			$row = $this->row( $uuid );
			self::assertSame( array( 200, $uuid ), array( ( $again = $this->create( array(), 'click' ) )->get_status(), $again->get_data()['uuid'] ) );
			self::assertSame( $row, $this->row( $uuid ), (string) $row['status'] );
		};
		$repeat();
		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->sweep();
		$repeat();
		$this->deliver( self::finished( $uuid ) );
		$repeat();
		self::assertSame( 'succeeded', $this->row( $uuid )['status'] );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_the_order_of_keys_in_the_body_does_not_matter(): void {
		$body  = self::body_of_job( array( 'options' => array( 'words' => 50, 'tone' => 'formal' ) ) );
		$other = array_reverse( $body );
		$other['options'] = array_reverse( $body['options'] );
		$this->dispatch( 'POST', '/draftkeeper/v1/jobs', $body, array( 'Idempotency-Key' => 'click' ) );
		self::assertSame( 200, $this->dispatch( 'POST', '/draftkeeper/v1/jobs', $other, array( 'Idempotency-Key' => 'click' ) )->get_status() );
	}

	public function test_the_same_key_with_another_body_is_refused(): void {
		$this->create( array(), 'click' );
		self::assert_error( 'idempotency_key_reused', 422, $this->create( array( 'options' => array( 'words' => 50 ) ), 'click' ) );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_the_key_of_another_user_is_another_key(): void {
		$first = $this->create( array(), 'click' )->get_data()['uuid'];
		$this->act_as( 'author' );
		$second = $this->create( array(), 'click' );
		self::assertSame( 201, $second->get_status() );
		self::assertNotSame( $first, $second->get_data()['uuid'] );
	}

	public function test_a_key_is_kept_for_a_day(): void {
		$uuid = $this->create( array(), 'click' )->get_data()['uuid'];
		$this->set_row( $uuid, array( 'created_at' => gmdate( 'Y-m-d H:i:s', time() - 23 * 3600 ) ) );
		self::assertSame( 200, $this->create( array(), 'click' )->get_status() );
		$this->set_row( $uuid, array( 'created_at' => gmdate( 'Y-m-d H:i:s', time() - 25 * 3600 ) ) );
		self::assertSame( 201, $this->create( array( 'client_ref' => 'other' ), 'click' )->get_status() );
		self::assertSame( 2, $this->count_rows() );
	}

	public function test_an_error_pins_no_key(): void {
		self::assert_error( 'post_not_found', 404, $this->create( array( 'post_id' => 999999 ), 'click' ) );
		self::assertSame( 201, $this->create( array(), 'click' )->get_status() );
	}

	public function test_a_replay_needs_the_right_to_the_post_again(): void {
		$post = $this->post();
		self::assertSame( 201, $this->create( array( 'post_id' => $post ), 'click' )->get_status() );
		wp_update_post( array( 'ID' => $post, 'post_author' => $this->user( 'editor' ) ) );
		self::assert_error( 'post_not_found', 404, $this->create( array( 'post_id' => $post ), 'click' ) );
	}

	public function test_a_replay_is_answered_although_the_gateway_is_gone_from_the_settings(): void {
		$this->create( array(), 'click' );
		putenv( 'DRAFTKEEPER_GATEWAY_URL' );
		self::assertSame( 200, $this->create( array(), 'click' )->get_status() );
	}

	public function test_without_a_key_the_same_input_within_a_minute_is_the_same_job(): void {
		$create = fn( array $changes = array() ) => $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job( $changes ) );
		$first  = $create();
		$second = $create();
		self::assertSame( array( 201, 200 ), array( $first->get_status(), $second->get_status() ) );
		self::assertSame( $first->get_data()['uuid'], $second->get_data()['uuid'] );
		self::assertSame( 201, $create( array( 'options' => array( 'words' => 99 ) ) )->get_status() );
		$this->act_as( 'author' );
		self::assertSame( 201, $create()->get_status() );
		self::assertSame( 3, $this->count_rows() );
	}

	public function test_a_request_that_loses_the_race_for_a_key_gets_the_winners_job(): void {
		$winner = '';
		// The other request stores its job just before ours.
		$race = function ( mixed $value ) use ( &$race, &$winner ): mixed {
			remove_filter( 'pre_option_draftkeeper_gateway_health', $race );
			$winner = $this->create( array(), 'click' )->get_data()['uuid'];
			return $value;
		};
		add_filter( 'pre_option_draftkeeper_gateway_health', $race );
		$loser = $this->create( array(), 'click' );
		self::assertSame( array( 200, $winner ), array( $loser->get_status(), $loser->get_data()['uuid'] ) );
		self::assertSame( 1, $this->count_rows() );
		self::assertSame( array( $winner ), $this->gateway->offered() );
	}

	public function test_a_database_that_refuses_is_a_500_without_details(): void {
		$log = ini_set( 'error_log', '/dev/null' );
		add_filter( 'query', static fn( string $sql ) => str_contains( $sql, 'draftkeeper_jobs' ) && str_contains( $sql, 'INSERT' ) ? 'INSERT INTO no_such_table VALUES (1)' : $sql, 1 );
		$response = $this->create();
		ini_set( 'error_log', (string) $log );
		self::assert_error( 'internal_error', 500, $response );
		self::assertStringNotContainsString( 'no_such_table', (string) wp_json_encode( $response->get_data() ) );
		self::assertSame( 0, $this->count_rows() );
		$this->take_database_errors();
	}

	public function test_options_are_clamped_and_sent_on(): void {
		$uuid  = $this->created( array( 'options' => array( 'words' => 5, 'temperature' => 9, 'max_output_tokens' => 1000000, 'tone' => 'playful' ), 'model' => 'small' ) );
		$offer = json_decode( $this->gateway->requests[0]['body'] );
		self::assertSame( array( 4096, 'small' ), array( $offer->max_output_tokens, $offer->model ) );
		self::assertEquals( 2, $offer->temperature );
		$options = $this->read( $uuid )->request->options;
		self::assertSame( array( 20, 'playful', 'en-US' ), array( $options->words, $options->tone, $options->language ) );
	}

	public function test_text_of_every_script_survives_the_database(): void {
		$facts = array( 'name' => "Stuhl „Größe“ 🪑 'it\\'s' 100% %s {x} \u{202e}\u{0000}" ) + self::body_of_job()['input']['facts'];
		$uuid  = $this->created( array( 'input' => array( 'facts' => $facts ), 'target' => 'block:ä🪑', 'client_ref' => "100% '%s' \\" ) );
		$job   = $this->read( $uuid );
		self::assertSame( $facts['name'], $job->request->input->facts->name );
		self::assertSame( array( 'block:ä🪑', "100% '%s' \\" ), array( $job->target, $job->client_ref ) );
	}
}
