<?php

namespace Draftkeeper\Tests\Integration\Webhooks;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class GatewayWebhookRouteTest extends JobsTestCase {
	private string $uuid;

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
		$this->uuid = $this->created();
	}

	public function test_a_result_is_stored_with_its_attempts_and_acknowledged_by_its_id(): void {
		$response = $this->deliver( self::finished( $this->uuid ), 'msg_77' );
		self::assertSame( 200, $response->get_status() );
		$receipt = self::body( $response );
		self::assertSame( array(), Contract::check( 'webhook_receipt', $receipt ) );
		self::assertSame( 'msg_77', $receipt->received );

		$job = $this->read( $this->uuid );
		self::assertSame( array( 'succeeded', '<p>A small oak table, 42 cm wide.</p>', false ), array( $job->status, $job->draft->html, $job->draft->sample ) );
		self::assertSame( array( 1, 350, 180, 160 ), array( $job->attempts, $job->tokens_in, $job->tokens_out, $job->cost_micros ) );
		self::assertSame( 'msg_77', $this->row( $this->uuid )['applied_webhook_id'] );
	}

	public function test_what_the_facts_do_not_hold_is_marked(): void {
		$this->deliver( self::finished( $this->uuid, array( 'status' => 'succeeded', 'text' => 'It is 42 cm wide and 77 cm high. See https://example.com.', 'sample' => true ) ) );
		$draft = $this->read( $this->uuid )->draft;
		self::assertTrue( $draft->sample );
		$kinds = array_column( $draft->marks, 'kind', 'text' );
		self::assertContains( 'url', $kinds );
		self::assertContains( 'number', $kinds );
		self::assertStringNotContainsString( '42', implode( ' ', array_keys( $kinds ) ) );
	}

	public function test_a_hostile_result_is_made_harmless_before_it_is_stored(): void {
		$text = '<p onclick="x()">Oak</p><script>alert(1)</script><!-- wp:html --><img src=x onerror=alert(1)>[gallery ids="1"]<a href="javascript:x">table</a>';
		$this->deliver( self::finished( $this->uuid, array( 'status' => 'succeeded', 'text' => $text, 'sample' => false ) ) );
		$stored = (string) $this->row( $this->uuid )['result_json'];
		foreach ( array( 'onclick', 'script', 'onerror', '<img', 'wp:html', '[gallery', 'javascript' ) as $bad ) {
			self::assertStringNotContainsString( $bad, $stored );
		}
		self::assertStringContainsString( 'Oak', $this->read( $this->uuid )->draft->html );
	}

	public function test_a_result_without_usable_text_is_a_failure_that_was_paid_for(): void {
		$this->deliver( self::finished( $this->uuid, array( 'status' => 'succeeded', 'text' => '<script>x</script>  ', 'sample' => false ) ) );
		$job = $this->read( $this->uuid );
		self::assertSame( array( 'failed', 'empty_result', 160 ), array( $job->status, $job->error->code, $job->cost_micros ) );
	}

	public function test_a_failure_is_stored_with_a_code_of_ours_and_one_clean_line(): void {
		$this->deliver( self::finished( $this->uuid, array( 'status' => 'failed', 'code' => 'a_code_of_a_later_version', 'message' => "<b>No</b>\n\tluck " . str_repeat( 'x', 900 ) ) ) );
		$job = $this->read( $this->uuid );
		self::assertSame( array( 'failed', 'internal_error' ), array( $job->status, $job->error->code ) );
		self::assertStringStartsWith( 'No luck xx', $job->error->message );
		self::assertSame( 500, strlen( $job->error->message ) );
	}

	public function test_a_webhook_that_comes_twice_is_applied_once(): void {
		$finished = 0;
		add_action( 'draftkeeper_job_finished', function () use ( &$finished ): void {
			++$finished;
		} );
		$this->deliver( self::finished( $this->uuid ) );
		$row = $this->row( $this->uuid );
		self::assertSame( 200, $this->deliver( self::finished( $this->uuid ) )->get_status() );
		self::assertSame( 200, $this->deliver( self::finished( $this->uuid ), 'msg_2' )->get_status() );
		self::assertSame( 200, $this->deliver( self::finished( $this->uuid, array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => '' ) ), 'msg_3' )->get_status() );
		self::assertSame( $row, $this->row( $this->uuid ) );
		self::assertSame( 1, $this->count_rows( 'usage_log' ) );
		self::assertSame( 1, $finished );
	}

	public function test_a_webhook_that_comes_before_the_202_wins(): void {
		$this->gateway->during_next( function (): void {
			$uuid = $this->gateway->offered()[1];
			self::assertSame( 200, $this->deliver( self::finished( $uuid ), 'msg_fast' )->get_status() );
		} );
		$response = $this->create();
		self::assertSame( array( 201, 'succeeded' ), array( $response->get_status(), $response->get_data()['status'] ) );
		self::assertSame( array(), Contract::check( 'job', self::body( $response ) ) );
	}

	public function test_an_offer_that_is_answered_with_the_result_applies_it(): void {
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->gateway->go_down( false );
		$this->gateway->answer_next( 202, array( 'contract_version' => 1, 'uuid' => $uuid, 'state' => 'succeeded', 'finished' => self::finished( $uuid ) ) );
		// The job of set-up still has its lease.
		$this->clock += 15;
		$this->sweep();
		self::assertSame( 'succeeded', $this->read( $uuid )->status );
	}

	public function test_the_text_of_a_canceled_job_is_dropped_and_its_cost_is_kept(): void {
		$this->gateway->go_down();
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/{$this->uuid}" );
		$version = $this->read( $this->uuid )->version;
		self::assertSame( 200, $this->deliver( self::finished( $this->uuid ) )->get_status() );
		$job = $this->read( $this->uuid );
		self::assertSame( array( 'canceled', false, 160 ), array( $job->status, $job->cancel_pending, $job->cost_micros ) );
		self::assertGreaterThan( $version, $job->version );
		self::assertNull( $this->row( $this->uuid )['result_json'] );
	}

	public function test_a_call_that_may_have_been_billed_twice_is_marked(): void {
		$this->deliver( self::finished( $this->uuid, changes: array( 'maybe_billed_twice' => true ) ) );
		self::assertTrue( $this->read( $this->uuid )->maybe_billed_twice );
	}

	public function test_every_attempt_is_recorded_and_its_unknown_code_is_filed_as_ours(): void {
		$finished               = self::finished( $this->uuid );
		$second                 = $finished['attempts'][0];
		$finished['attempts'][] = array( 'attempt' => 2 ) + $second;
		$finished['attempts'][0] = array( 'status' => 'failed', 'error_code' => 'new_kind', 'tokens_out' => null, 'cost_micros' => null, 'provider_ms' => null ) + $second;
		$this->deliver( $finished );
		$job = $this->read( $this->uuid );
		self::assertSame( array( 2, 700, 180, 160 ), array( $job->attempts, $job->tokens_in, $job->tokens_out, $job->cost_micros ) );
		global $wpdb;
		self::assertSame( 'internal_error', $wpdb->get_var( "SELECT error_code FROM {$wpdb->prefix}draftkeeper_usage_log WHERE attempt = 1" ) );
	}

	public function test_an_end_before_the_beginning_or_in_the_future_is_corrected(): void {
		$this->deliver( self::finished( $this->uuid, changes: array( 'finished_at' => '2001-01-01T00:00:00Z' ) ) );
		$row = $this->row( $this->uuid );
		self::assertSame( $row['created_at'], $row['finished_at'] );
		$other = $this->created();
		$this->deliver( self::finished( $other, changes: array( 'finished_at' => '2999-01-01T00:00:00Z' ) ), 'msg_2' );
		self::assertLessThanOrEqual( gmdate( 'Y-m-d H:i:s' ), $this->row( $other )['finished_at'] );
	}

	public function test_a_job_that_is_not_here_is_unknown(): void {
		self::assert_error( 'unknown_job', 404, $this->deliver( self::finished( wp_generate_uuid4() ) ) );
	}

	/** @param array<string, string|null> $headers */
	#[DataProvider( 'bad_headers' )]
	public function test_a_forged_stale_or_malformed_delivery_changes_nothing( array $headers, string $code ): void {
		$before = $this->row( $this->uuid );
		// Seconds from now, and not from the time when PHPUnit made this table.
		if ( 1 === preg_match( '/^-\d+ s$/D', $headers['webhook-timestamp'] ?? '' ) ) {
			$headers['webhook-timestamp'] = (string) ( time() + (int) $headers['webhook-timestamp'] );
		}
		self::assert_error( $code, 401, $this->deliver( self::finished( $this->uuid ), 'msg_1', $headers ) );
		self::assertSame( $before, $this->row( $this->uuid ) );
		self::assertSame( 0, $this->count_rows( 'usage_log' ) );
	}

	/** @return iterable<string, array{array<string, string|null>, string}> */
	public static function bad_headers(): iterable {
		yield 'no header at all' => array( array( 'webhook-id' => null, 'webhook-timestamp' => null, 'webhook-signature' => null ), 'stale_signature' );
		yield 'no signature' => array( array( 'webhook-signature' => null ), 'bad_signature' );
		yield 'no id' => array( array( 'webhook-id' => null ), 'bad_signature' );
		yield 'another id' => array( array( 'webhook-id' => 'msg_2' ), 'bad_signature' );
		yield 'nonsense' => array( array( 'webhook-signature' => "v1,\x00\xff,,,, v1 v1, ,v1" ), 'bad_signature' );
		yield 'a very long signature' => array( array( 'webhook-signature' => str_repeat( 'v1,AAAA ', 10000 ) ), 'bad_signature' );
		yield 'a time that is no number' => array( array( 'webhook-timestamp' => 'now' ), 'stale_signature' );
		yield 'a time in another form' => array( array( 'webhook-timestamp' => '1e9' ), 'stale_signature' );
		yield 'an old time' => array( array( 'webhook-timestamp' => '-121 s' ), 'stale_signature' );
		yield 'another time under the old signature' => array( array( 'webhook-timestamp' => '-60 s' ), 'bad_signature' );
	}

	public function test_a_sender_that_is_not_listed_is_refused_before_its_signature_counts(): void {
		putenv( 'DRAFTKEEPER_WEBHOOK_ALLOW=192.0.2.7, 192.0.2.64/26' );
		putenv( 'DRAFTKEEPER_TRUSTED_PROXIES=127.0.0.1' );
		try {
			self::assert_error( 'forbidden', 403, $refusal = $this->deliver( self::finished( $this->uuid ) ) );
			self::assertStringContainsString( 'DRAFTKEEPER_WEBHOOK_ALLOW', $refusal->get_data()['message'] );
			$_SERVER['HTTP_X_FORWARDED_FOR'] = '192.0.2.7, 203.0.113.9';
			self::assert_error( 'forbidden', 403, $this->deliver( self::finished( $this->uuid ) ) );
			self::assertSame( 'running', $this->row( $this->uuid )['status'] );
			$_SERVER['HTTP_X_FORWARDED_FOR'] = '203.0.113.9, 192.0.2.100';
			self::assert_error( 'bad_signature', 401, $this->deliver( self::finished( $this->uuid ), 'msg_1', array( 'webhook-signature' => 'v1,AAAA' ) ) );
			self::assertSame( 200, $this->deliver( self::finished( $this->uuid ) )->get_status() );
		} finally {
			putenv( 'DRAFTKEEPER_WEBHOOK_ALLOW' );
			putenv( 'DRAFTKEEPER_TRUSTED_PROXIES' );
		}
	}

	public function test_an_old_delivery_cannot_be_replayed(): void {
		$body = (string) wp_json_encode( array( 'type' => 'job.finished', 'timestamp' => gmdate( 'Y-m-d\TH:i:s\Z' ), 'contract_version' => 1, 'data' => self::finished( $this->uuid ) ) );
		$old  = self::signature( 'msg_1', (string) ( time() - 3600 ), $body );
		self::assert_error( 'stale_signature', 401, $this->deliver_raw( $body, 'msg_1', $old ) );
	}

	public function test_each_live_secret_is_taken_and_a_dead_one_is_not(): void {
		$new = 'whsec_' . base64_encode( 'another secret of these tests' );
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET=' . $new . '  ' . self::SECRET );
		$body = (string) wp_json_encode( array( 'type' => 'job.finished', 'timestamp' => gmdate( 'Y-m-d\TH:i:s\Z' ), 'contract_version' => 1, 'data' => self::finished( $this->uuid ) ) );
		self::assertSame( 200, $this->deliver_raw( $body )->get_status() );
		self::assertSame( 200, $this->deliver_raw( $body, 'msg_2', self::signature( 'msg_2', (string) time(), $body, $new ) )->get_status() );
		putenv( "DRAFTKEEPER_WEBHOOK_SECRET=$new" );
		self::assert_error( 'bad_signature', 401, $this->deliver_raw( $body ) );
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET' );
		self::assert_error( 'bad_signature', 401, $this->deliver_raw( $body ) );
	}

	public function test_a_signed_body_must_still_fit_the_contract(): void {
		self::assert_error( 'malformed_json', 400, $this->deliver_raw( '{' ) );
		self::assert_error( 'invalid_body', 400, $this->deliver_raw( '{}' ) );
		self::assert_error( 'invalid_body', 400, $this->deliver( self::finished( $this->uuid, array( 'status' => 'vanished' ) ) ) );
		self::assert_error( 'invalid_body', 400, $this->deliver( self::finished( $this->uuid, changes: array( 'uuid' => 'x' ) ) ) );
		self::assertSame( 'running', $this->row( $this->uuid )['status'] );
	}

	public function test_malformed_json_without_a_signature_is_told_about_the_signature(): void {
		self::assert_error( 'bad_signature', 401, $this->deliver_raw( '{', 'msg_1', array( 'webhook-signature' => 'v1,AAAA' ) ) );
	}

	public function test_the_size_is_looked_at_before_the_signature(): void {
		self::assert_error( 'body_too_large', 413, $this->deliver_raw( str_repeat( ' ', 512 * 1024 + 1 ), 'msg_1', array( 'webhook-signature' => 'v1,AAAA' ) ) );
	}

	public function test_the_longest_result_in_the_widest_script_fits(): void {
		$text = str_repeat( '🪑', 59000 );
		self::assertSame( 200, $this->deliver_raw( (string) wp_json_encode( array( 'type' => 'job.finished', 'timestamp' => gmdate( 'Y-m-d\TH:i:s\Z' ), 'contract_version' => 1, 'data' => self::finished( $this->uuid, array( 'status' => 'succeeded', 'text' => $text, 'sample' => false ) ) ), JSON_UNESCAPED_UNICODE ) )->get_status() );
		self::assertSame( 'succeeded', $this->read( $this->uuid )->status );
	}

	public function test_what_could_not_be_committed_is_not_acknowledged(): void {
		$log    = ini_set( 'error_log', '/dev/null' );
		$break  = static fn( string $sql ) => str_contains( $sql, 'draftkeeper_usage_log' ) ? throw new \RuntimeException( 'The disk is full.' ) : $sql;
		$before = $this->row( $this->uuid );
		add_filter( 'query', $break, 1 );
		$response = $this->deliver( self::finished( $this->uuid ) );
		remove_filter( 'query', $break, 1 );
		ini_set( 'error_log', (string) $log );
		self::assert_error( 'internal_error', 500, $response );
		self::assertStringNotContainsString( 'disk', (string) wp_json_encode( $response->get_data() ) );
		self::assertSame( $before, $this->row( $this->uuid ) );

		self::assertSame( 200, $this->deliver( self::finished( $this->uuid ) )->get_status() );
		self::assertSame( 1, $this->count_rows( 'usage_log' ) );
	}

	public function test_a_listener_that_fails_does_not_undo_the_result(): void {
		$heard = array();
		add_action( 'draftkeeper_job_finished', function ( string $uuid, string $status ) use ( &$heard ): void {
			$heard[] = array( $uuid, $status );
			throw new \RuntimeException( 'A mistake of another plugin.' );
		}, 10, 2 );
		$log      = ini_set( 'error_log', '/dev/null' );
		$response = $this->deliver( self::finished( $this->uuid ) );
		ini_set( 'error_log', (string) $log );
		self::assertSame( 200, $response->get_status() );
		self::assertSame( array( array( $this->uuid, 'succeeded' ) ), $heard );
		self::assertSame( 'succeeded', $this->row( $this->uuid )['status'] );
	}

	public function test_a_webhook_costs_few_queries(): void {
		// Begin, the row, the attempt, its day, what the job holds, off the row, off the counters, the new status, nothing held any more,
		// commit, the row for the listeners; and who the user is.
		$queries = self::queries_of( fn() => $this->deliver( self::finished( $this->uuid ) ) );
		self::assertLessThanOrEqual( 12, $queries );
	}
}
