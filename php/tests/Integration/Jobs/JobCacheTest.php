<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\JobCache;
use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Privacy\PrivacyStore;
use Draftkeeper\Retention\RetentionStore;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Usage\UsageTable;
use PHPUnit\Framework\Attributes\DataProvider;

/** WordPress's own cache in memory stands in for a persistent one: it keeps what is added, and says no to a second time. */
final class JobCacheTest extends JobsTestCase {
	private bool $was_persistent;

	protected function setUp(): void {
		parent::setUp();
		$this->was_persistent = (bool) wp_using_ext_object_cache( true );
		$this->act_as( 'author' );
	}

	protected function tearDown(): void {
		wp_using_ext_object_cache( $this->was_persistent );
		parent::tearDown();
	}

	public function test_an_unchanged_poll_asks_the_database_nothing(): void {
		$uuid = $this->created();
		$etag = $this->poll( $uuid )->get_headers()['ETag'];
		$this->let_marks_expire( $uuid );
		self::assertSame( 304, $this->poll( $uuid, $etag )->get_status() );
		self::assertSame( 0, self::queries_of( fn() => self::assertSame( 304, $this->poll( $uuid, $etag )->get_status() ) ) );
	}

	public function test_without_a_persistent_cache_nothing_is_kept_and_a_poll_costs_one_query(): void {
		wp_using_ext_object_cache( false );
		$uuid = $this->created();
		$etag = $this->poll( $uuid )->get_headers()['ETag'];
		self::assertSame( 304, $this->poll( $uuid, $etag )->get_status() );
		self::assertSame( 1, self::queries_of( fn() => $this->poll( $uuid, $etag ) ) );
		self::assertNull( JobCache::find( $uuid ) );
		$this->deliver( self::finished( $uuid ) );
		self::assertSame( 200, $this->poll( $uuid, $etag )->get_status() );
	}

	public function test_nobody_polls_the_job_of_another_out_of_the_cache(): void {
		$uuid = $this->created();
		$etag = $this->poll( $uuid )->get_headers()['ETag'];
		$this->let_marks_expire( $uuid );
		$this->poll( $uuid, $etag );
		self::assertNotNull( JobCache::find( $uuid ) );
		$this->act_as( 'author' );
		self::assert_error( 'job_not_found', 404, $this->poll( $uuid, $etag ) );
	}

	#[DataProvider( 'changes' )]
	public function test_every_change_is_seen_at_once( callable $change ): void {
		$uuid = $this->created();
		$etag = $this->poll( $uuid )->get_headers()['ETag'];
		$this->let_marks_expire( $uuid );
		$this->poll( $uuid, $etag );
		self::assertNotNull( JobCache::find( $uuid ) );
		$change( $this, $uuid );
		self::assertNull( JobCache::find( $uuid ) );
	}

	/** @return iterable<string, array{callable( self, string ): mixed}> */
	public static function changes(): iterable {
		yield 'a webhook' => array( static fn( self $test, string $uuid ) => $test->deliver( self::finished( $uuid ) ) );
		yield 'a cancel' => array( static fn( self $test, string $uuid ) => $test->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" ) );
		yield 'a wait' => array( static fn( self $test, string $uuid ) => $test->leases->wait( $test->job( $uuid ), 'gateway_unreachable', 5 ) );
		yield 'a longer lease' => array( static fn( self $test, string $uuid ) => $test->leases->extend( array( $test->job( $uuid ) ), null ) );
		yield 'a claim of the sweep' => array(
			static function ( self $test, string $uuid ): void {
				$test->clock += 60;
				self::assertCount( 1, $test->leases->claim( JobStatus::Running, 10, 60 ) );
			},
		);
		yield 'the texts of many jobs that go' => array(
			static function ( self $test, string $uuid ): void {
				global $wpdb;
				$other = $test->created();
				$test->set_row( $other, array( 'status' => 'failed', 'finished_at' => '2020-01-01 00:00:00' ) );
				self::assertSame( 1, ( new RetentionStore( $wpdb, new JobTable( $wpdb ), Books::transactions() ) )->purge_texts( '2021-01-01 00:00:00', '2021-01-01 00:00:00', 10 ) );
			},
		);
		yield 'a person who is forgotten' => array(
			static function ( self $test, string $uuid ): void {
				global $wpdb;
				( new PrivacyStore( $wpdb, new JobTable( $wpdb ), new UsageTable( $wpdb ), Books::rollup(), Books::transactions() ) )->anonymise_jobs( array( $test->job( $uuid ) ), true, '2026-01-01 00:00:00' );
			},
		);
	}

	public function test_a_reader_who_was_slower_than_a_writer_does_not_put_the_old_row_back(): void {
		$uuid = $this->created();
		$this->let_marks_expire( $uuid );
		$word = (string) JobCache::word();
		$row  = $this->row( $uuid );
		$this->deliver( self::finished( $uuid ) );
		JobCache::add( $word, $row );
		self::assertNull( JobCache::find( $uuid ) );

		$this->let_marks_expire( $uuid );
		$word = (string) JobCache::word();
		JobCache::all_changed();
		JobCache::add( $word, $row );
		self::assertNull( JobCache::find( $uuid ) );
	}

	public function test_a_reader_who_reads_before_a_commit_does_not_outlast_it(): void {
		$uuid = $this->created();
		$row  = $this->row( $uuid );
		Books::transactions()->run(
			function () use ( $uuid, $row ): void {
				$this->jobs->amend( $this->job( $uuid ), array( 'maybe_billed_twice' => 1 ) );
				// The transaction takes longer than its mark, and others still read the row as it was.
				$this->let_marks_expire( $uuid );
				JobCache::add( (string) JobCache::word(), $row );
				self::assertNotNull( JobCache::find( $uuid ) );
			}
		);
		self::assertNull( JobCache::find( $uuid ) );
	}

	public function test_what_follows_a_commit_does_not_follow_a_rollback(): void {
		$followed     = 0;
		$follow       = static function () use ( &$followed ): void {
			++$followed;
		};
		$transactions = Books::transactions();
		try {
			$transactions->run( static function () use ( $transactions, $follow ): void {
				$transactions->after_commit( $follow );
				throw new \DomainException();
			} );
		} catch ( \DomainException ) {
			self::assertSame( 0, $followed );
		}
		$transactions->run( static fn() => $transactions->run( static fn() => $transactions->after_commit( $follow ) ) );
		self::assertSame( 1, $followed );
		$transactions->after_commit( $follow );
		self::assertSame( 2, $followed );
	}

	private function poll( string $uuid, ?string $etag = null ): \WP_REST_Response {
		return $this->dispatch( 'GET', "/draftkeeper/v1/jobs/$uuid", null, null === $etag ? array() : array( 'If-None-Match' => $etag ) );
	}

	private function let_marks_expire( string $uuid ): void {
		wp_cache_delete( $uuid, 'draftkeeper_jobs' );
	}
}
