<?php

namespace Draftkeeper\Tests\Integration\Privacy;

use Draftkeeper\Plugin;
use Draftkeeper\Tests\Support\JobsTestCase;

final class SealedTextTest extends JobsTestCase {
	private const TEXTS = array( 'request_json', 'result_json', 'original_text', 'final_text' );

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'administrator' );
		self::set_key( 'a' );
	}

	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
		parent::tearDown();
	}

	public function test_a_whole_life_leaves_no_readable_text_and_reads_as_without_a_key(): void {
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		$draft = $this->read( $uuid );
		self::assertSame( array( 'Oak side table', '<p>A small oak table, 42 cm wide.</p>' ), array( $draft->request->input->facts->name, $draft->draft->html ) );
		$this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/review", array( 'decision' => 'edited', 'version' => $draft->version, 'final_text' => '<p>Mine.</p>', 'original_text' => '<p>Old.</p>' ) );
		foreach ( self::TEXTS as $name ) {
			self::assertStringStartsWith( 'dk-sealed:', (string) $this->row( $uuid )[ $name ], $name );
		}
		self::assertStringContainsString( 'Oak side table', $this->gateway->requests[0]['body'] );
	}

	public function test_plain_rows_from_before_the_key_are_read_beside_encrypted_ones(): void {
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
		$plain = $this->created( array( 'client_ref' => 'plain' ) );
		self::set_key( 'a' );
		$sealed = $this->created( array( 'client_ref' => 'sealed' ) );
		self::assertEquals( $this->read( $plain )->request, $this->read( $sealed )->request );
		self::assertStringStartsWith( '{', (string) $this->row( $plain )['request_json'] );
	}

	public function test_without_the_key_a_job_says_so_and_everything_else_goes_on(): void {
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
		$job = $this->read( $uuid );
		self::assertSame( array( 'succeeded', 'sealed', null, null ), array( $job->status, $job->texts_missing, $job->request, $job->draft ) );
		self::assert_error( 'request_gone', 409, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", null, array( 'Idempotency-Key' => wp_generate_uuid4() ) ) );
		self::set_key( 'a' );
		self::assertObjectNotHasProperty( 'texts_missing', $this->read( $uuid ) );
	}

	public function test_a_job_that_cannot_be_read_waits_with_a_reason_and_holds_up_nobody(): void {
		$this->gateway->go_down();
		$shut = $this->created();
		self::set_key( 'b' );
		$open = $this->created( array( 'client_ref' => 'open' ) );
		$this->gateway->go_down( false );
		foreach ( array( $shut, $open ) as $uuid ) {
			$this->set_row( $uuid, array( 'lease_until' => '2020-01-01 00:00:00' ) );
		}
		$this->without_log( fn() => $this->sweep() );
		self::assertSame( array( 'pending', 'encryption_key_missing' ), array( $this->read( $shut )->status, $this->read( $shut )->wait_reason ) );
		self::assertSame( 'running', $this->read( $open )->status );
	}

	public function test_a_result_that_comes_while_the_key_is_missing_is_asked_for_again_until_it_is_back(): void {
		$uuid  = $this->created();
		$other = $this->created( array( 'client_ref' => 'other' ) );
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
		$this->without_log( fn() => self::assertSame( 500, $this->deliver( self::finished( $uuid ) )->get_status() ) );
		self::assertSame( 'running', $this->read( $uuid )->status );

		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		foreach ( array( $uuid, $other ) as $each ) {
			$this->set_row( $each, array( 'lease_until' => '2020-01-01 00:00:00' ) );
		}
		$this->without_log( fn() => $this->sweep() );
		self::assertGreaterThan( '2020-01-02', $this->row( $other )['lease_until'] );

		self::set_key( 'a' );
		self::assertSame( 200, $this->deliver( self::finished( $uuid ) )->get_status() );
		self::assertSame( 'succeeded', $this->read( $uuid )->status );
	}

	public function test_what_is_no_key_lets_no_text_in_unencrypted_and_loses_no_result(): void {
		$uuid = $this->created();
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY=a-slip-of-the-pen' );
		self::assert_error( 'internal_error', 500, $refusal = $this->create( array( 'client_ref' => 'plain' ) ) );
		self::assertStringContainsString( 'DRAFTKEEPER_ENCRYPTION_KEY', $refusal->get_data()['message'] );
		self::assertSame( 1, $this->count_rows() );
		$this->without_log( fn() => self::assertSame( 500, $this->deliver( self::finished( $uuid ) )->get_status() ) );
		$finding = Plugin::checks()->local()['secrets']();
		self::assertSame( array( 'critical', true ), array( $finding->level->value, str_contains( $finding->text, 'DRAFTKEEPER_ENCRYPTION_KEY' ) ) );

		self::set_key( 'a' );
		self::assertSame( 'good', Plugin::checks()->local()['secrets']()->level->value );
		self::assertSame( 200, $this->deliver( self::finished( $uuid ) )->get_status() );
		self::assertStringStartsWith( 'dk-sealed:', (string) $this->row( $uuid )['result_json'] );
	}

	private static function set_key( string $name ): void {
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY=' . base64_encode( hash( 'sha256', $name, true ) ) );
	}

	private function without_log( callable $work ): void {
		$before = ini_set( 'error_log', '/dev/null' );
		try {
			$work();
		} finally {
			ini_set( 'error_log', (string) $before );
		}
	}
}
