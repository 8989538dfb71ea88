<?php

namespace Draftkeeper\Tests\Integration\Retention;

use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Retention\Retention;
use Draftkeeper\Retention\RetentionSettings;
use Draftkeeper\Retention\RetentionStore;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\JobsTestCase;

final class RetentionTest extends JobsTestCase {
	private const DAY   = 86400;
	private const TEXTS = array( 'request_json', 'result_json', 'original_text', 'final_text' );

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'administrator' );
	}

	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_TEXT_DAYS' );
		putenv( 'DRAFTKEEPER_ROW_DAYS' );
		parent::tearDown();
	}

	public function test_texts_go_thirty_days_after_the_review_or_the_end_and_not_before(): void {
		$reviewed = $this->reviewed();
		$failed   = $this->created();
		$this->deliver( self::finished( $failed, array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => 'Busy.' ) ), 'msg_2' );
		$canceled = $this->created();
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$canceled" );

		$this->clock += 30 * self::DAY - 60;
		self::assertTrue( $this->retention()->run() );
		foreach ( array( $reviewed, $failed, $canceled ) as $uuid ) {
			self::assertNotSame( '', $this->row( $uuid )['request_json'] );
		}

		$this->clock += 120;
		self::assertTrue( $this->retention()->run() );
		foreach ( array( $reviewed, $failed, $canceled ) as $uuid ) {
			$row = $this->row( $uuid );
			self::assertSame( array( '', null, null, null ), array_map( static fn( string $name ) => $row[ $name ], self::TEXTS ) );
			self::assertNotNull( $row['purged_at'] );
		}
		// The route still answers, without texts, under a new version.
		$job = $this->read( $reviewed );
		self::assertSame( array( null, null, 'edited', 160 ), array( $job->request, $job->draft, $job->review->decision, $job->cost_micros ) );
	}

	public function test_a_draft_that_waits_for_its_review_and_a_job_under_way_are_never_touched(): void {
		$waiting = $this->created();
		$this->deliver( self::finished( $waiting ) );
		$running = $this->created();
		$before  = array( $this->row( $waiting ), $this->row( $running ) );
		$this->clock += 5000 * self::DAY;
		self::assertTrue( $this->retention()->run() );
		self::assertSame( $before, array( $this->row( $waiting ), $this->row( $running ) ) );
	}

	public function test_a_failure_that_became_a_draft_late_keeps_its_text(): void {
		$uuid = $this->created();
		$this->set_row( $uuid, array( 'status' => 'failed', 'error_code' => 'expired', 'finished_at' => gmdate( 'Y-m-d H:i:s', $this->clock ) ) );
		$this->deliver( self::finished( $uuid ) );
		$this->clock += 31 * self::DAY;
		$this->retention()->run();
		self::assertNotNull( $this->row( $uuid )['result_json'] );
	}

	public function test_jobs_go_after_a_year_and_their_books_stay_until_their_month_is_over(): void {
		global $wpdb;
		// In the middle of a month, whatever day it is: a year later that month is not over.
		$day         = gmdate( 'Y-m-15', $this->clock );
		$this->clock = (int) strtotime( "$day 12:00:00 UTC" );
		$this->set_row( $this->reviewed(), array( 'finished_at' => "$day 12:00:00", 'reviewed_at' => "$day 12:00:00" ) );
		$wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->prefix}draftkeeper_usage_log SET day = %s", $day ) );
		$this->clock += 364 * self::DAY;
		$this->retention()->run();
		self::assertSame( 1, $this->count_rows() );
		$this->clock += 2 * self::DAY;
		$this->retention()->run();
		self::assertSame( array( 0, 1 ), array( $this->count_rows(), $this->count_rows( 'usage_log' ) ) );
	}

	public function test_days_are_settings_that_constants_and_the_environment_lock_and_zero_keeps_for_ever(): void {
		$settings = new RetentionSettings();
		self::assertSame( array( 30, 365 ), array( $settings->text_days(), $settings->row_days() ) );
		update_option( 'draftkeeper_text_days', '7' );
		update_option( 'draftkeeper_row_days', '-1' );
		self::assertSame( array( 7, 365 ), array( $settings->text_days(), $settings->row_days() ) );
		self::assertFalse( RetentionSettings::is_locked( 'text_days' ) );
		putenv( 'DRAFTKEEPER_TEXT_DAYS=0' );
		putenv( 'DRAFTKEEPER_ROW_DAYS=0' );
		self::assertTrue( RetentionSettings::is_locked( 'text_days' ) );
		self::assertSame( array( 0, 0 ), array( $settings->text_days(), $settings->row_days() ) );

		$uuid         = $this->reviewed();
		$before       = $this->row( $uuid );
		$this->clock += 4000 * self::DAY;
		$this->retention()->run();
		self::assertSame( $before, $this->row( $uuid ) );
	}

	public function test_jobs_stay_with_the_texts_that_are_kept_for_ever(): void {
		putenv( 'DRAFTKEEPER_TEXT_DAYS=0' );
		$this->reviewed();
		$this->clock += 4000 * self::DAY;
		self::assertTrue( $this->retention()->run() );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_a_folder_that_cannot_be_written_to_ends_neither_the_sweep_nor_what_else_is_planned(): void {
		Books::at( '2020-01-10 12:00:00' )->record( Books::job( 1 ), array( Books::attempt() ) );
		delete_option( 'draftkeeper_swept_at' );
		$log = ini_set( 'error_log', (string) $file = tempnam( sys_get_temp_dir(), 'draftkeeper' ) );
		// No folder can be made below a file.
		add_filter( 'draftkeeper_archive_folder', static fn() => "$file/folder" );
		do_action( 'draftkeeper_sweep' );
		ini_set( 'error_log', (string) $log );
		self::assertStringContainsString( 'cannot be made', (string) file_get_contents( $file ) );
		unlink( $file );
		self::assertNotFalse( get_option( 'draftkeeper_swept_at' ) );
		self::assertSame( 1, $this->count_rows( 'usage_log' ) );
	}

	public function test_it_runs_once_an_hour_however_many_sweeps_there_are_and_goes_on_where_time_was_short(): void {
		self::assertTrue( $this->retention()->run_if_due() );
		self::assertFalse( $this->retention()->run_if_due() );
		$this->clock += 3599;
		self::assertFalse( $this->retention()->run_if_due() );
		$this->clock += 1;
		self::assertTrue( $this->retention()->run_if_due() );

		$uuid         = $this->reviewed();
		$this->clock += 40 * self::DAY;
		// Every look at the clock costs half a minute.
		self::assertTrue( $this->retention( fn() => $this->clock += 30 )->run_if_due() );
		self::assertSame( '', $this->row( $uuid )['request_json'] );
		self::assertTrue( $this->retention()->run_if_due() );
		self::assertFalse( $this->retention()->run_if_due() );
	}

	public function test_a_retry_of_a_job_without_texts_says_that_they_are_gone(): void {
		$uuid         = $this->reviewed();
		$this->clock += 31 * self::DAY;
		$this->retention()->run();
		self::assert_error( 'request_gone', 409, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", null, array( 'Idempotency-Key' => wp_generate_uuid4() ) ) );
	}

	private function reviewed(): string {
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ), 'msg_' . $uuid );
		$review = array( 'decision' => 'edited', 'version' => $this->read( $uuid )->version, 'final_text' => '<p>Mine.</p>', 'original_text' => '<p>Before.</p>' );
		self::assertSame( 200, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/review", $review )->get_status() );
		return $uuid;
	}

	private function retention( ?\Closure $now = null ): Retention {
		global $wpdb;
		$now   ??= fn() => $this->clock;
		$archive = Books::archive( $now );
		return new Retention( new RetentionStore( $wpdb, new JobTable( $wpdb ), Books::transactions() ), new RetentionSettings(), $archive, static fn() => 0, $now );
	}
}
