<?php

namespace Draftkeeper\Tests\Integration\Privacy;

use Draftkeeper\Privacy\PrivacyPolicy;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Retention\ArchiveReader;
use Draftkeeper\Retention\RetentionSettings;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Usage\UsageQuery;

final class PersonalDataTest extends JobsTestCase {
	private const EMAIL = 'erin@example.test';

	private int $erin;

	protected function setUp(): void {
		parent::setUp();
		$this->erin = $this->user( 'editor', array( 'user_email' => self::EMAIL ) );
		wp_set_current_user( $this->erin );
	}

	protected function tearDown(): void {
		( new ArchiveFolder() )->delete();
		parent::tearDown();
	}

	public function test_the_export_holds_what_was_asked_what_came_and_what_it_cost(): void {
		$uuid = $this->finished_job( 'For <my> mother Ada' );
		$jobs = $this->export( 'draftkeeper-jobs', 1 );
		self::assertTrue( $jobs['done'] );
		$data = array_column( $jobs['data'][0]['data'], 'value', 'name' );
		self::assertSame( array( $uuid, 'succeeded' ), array( $data['Job'], $data['Status'] ) );
		self::assertStringContainsString( 'mother Ada', $data['Request'] );
		self::assertStringNotContainsString( '<my>', $data['Request'] );
		self::assertStringContainsString( 'small oak table', $data['Draft'] );
		$usage = array_column( $this->export( 'draftkeeper-usage', 1 )['data'][0]['data'], 'value', 'name' );
		self::assertSame( array( '160', $uuid ), array( (string) $usage['cost_micros'], $usage['job_uuid'] ) );
		self::assertSame( array( 'data' => array(), 'done' => true ), call_user_func( $this->exporters()['draftkeeper-jobs']['callback'], 'nobody@example.test', 1 ) );
	}

	public function test_the_export_is_paged_and_whole(): void {
		for ( $index = 0; $index < 60; ++$index ) {
			$this->jobs->insert( array( 'uuid' => wp_generate_uuid4(), 'user_id' => $this->erin, 'task' => 'product_description', 'input_hash' => 'a', 'request_json' => '{}', 'request_id' => wp_generate_uuid4(), 'expires_at' => '2030-01-01 00:00:00' ) );
		}
		$first  = $this->export( 'draftkeeper-jobs', 1 );
		$second = $this->export( 'draftkeeper-jobs', 2 );
		self::assertSame( array( false, true ), array( $first['done'], $second['done'] ) );
		self::assertCount( 60, array_unique( array_column( array_merge( $first['data'], $second['data'] ), 'item_id' ) ) );
	}

	public function test_the_export_holds_what_is_archived(): void {
		foreach ( array( '2025-01-03', '2025-02-03', '2026-02-03' ) as $day ) {
			Books::at( "$day 09:30:00" )->record( Books::job( $this->erin ), array( Books::attempt() ) );
			Books::at( "$day 09:30:00" )->record( Books::job( $this->user( 'editor' ) ), array( Books::attempt() ) );
		}
		Books::archive()->archive( '2025-01' );
		Books::archive()->archive( '2025-02' );
		$pages = array_map( fn( int $page ) => $this->export( 'draftkeeper-usage', $page ), array( 1, 2, 3 ) );
		self::assertSame( array( false, false, true ), array_column( $pages, 'done' ) );
		$days = array_map( static fn( array $page ) => array_map( static fn( array $item ) => array_column( $item['data'], 'value', 'name' )['day'], $page['data'] ), $pages );
		self::assertSame( array( array( '2026-02-03' ), array( '2025-01-03' ), array( '2025-02-03' ) ), $days );
	}

	public function test_the_export_shows_a_reviewer_the_review_and_not_the_texts_of_others(): void {
		$uuid = $this->finished_job( 'For mother Ada' );
		$this->act_as( 'administrator' );
		$mail = get_userdata( get_current_user_id() )->user_email;
		$this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/review", array( 'decision' => 'discarded', 'version' => $this->read( $uuid )->version ) );
		$data = array_column( call_user_func( $this->exporters()['draftkeeper-jobs']['callback'], $mail, 1 )['data'][0]['data'], 'value', 'name' );
		self::assertSame( 'discarded', $data['Your review'] );
		self::assertArrayNotHasKey( 'Request', $data );
	}

	public function test_erasing_takes_the_person_and_the_texts_and_keeps_the_cost(): void {
		$post     = $this->post();
		$waiting  = $this->finished_job( 'For Ada', array( 'post_id' => $post ) );
		$without  = $this->finished_job( 'For Ada' );
		$running  = $this->created( array( 'client_ref' => 'Ada' ) );
		$reviewed = $this->finished_job( 'For Ada', array( 'post_id' => $post, 'target' => 'field:excerpt' ) );
		$this->dispatch( 'POST', "/draftkeeper/v1/jobs/$reviewed/review", array( 'decision' => 'accepted', 'version' => $this->read( $reviewed )->version ) );
		$totals = Books::rollup()->totals( UsageQuery::of( array() ) );

		$answer = $this->erase();
		self::assertSame( array( true, true, 1 ), array( $answer['items_removed'], $answer['items_retained'], count( $answer['messages'] ) ) );
		wp_set_current_user( $this->user( 'administrator' ) );
		foreach ( array( $waiting, $without, $running, $reviewed ) as $uuid ) {
			$row = $this->row( $uuid );
			self::assertSame( array( '0', '', null, null ), array( (string) $row['user_id'], $row['request_json'], $row['client_ref'], $row['idempotency_hash'] ) );
			$this->read( $uuid );
		}
		// The draft that waits belongs to its post.
		self::assertStringContainsString( 'small oak table', $this->read( $waiting )->draft->html );
		self::assertNull( $this->row( $without )['result_json'] );
		self::assertSame( array( 'canceled', '1', '0' ), array( $this->row( $running )['status'], (string) $this->row( $running )['cancel_pending'], (string) $this->row( $reviewed )['reviewed_by'] ) );
		self::assertSame( $totals, Books::rollup()->totals( UsageQuery::of( array() ) ) );
		self::assertSame( 0, Books::rollup()->totals( UsageQuery::of( array( 'user_id' => (string) $this->erin ) ) )['attempts'] );
		self::assertSame( array( 'data' => array(), 'done' => true ), $this->export( 'draftkeeper-usage', 1 ) );
		self::assertSame( array( 'data' => array(), 'done' => true ), $this->export( 'draftkeeper-jobs', 1 ) );
		// The result of the job that was stopped comes nevertheless: its cost counts, its text does not.
		self::assertSame( 200, $this->deliver( self::finished( $running ), 'msg_late' )->get_status() );
		self::assertNull( $this->row( $running )['result_json'] );
		self::assertSame( $totals['attempts'] + 1, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
	}

	public function test_sums_that_lost_their_person_are_still_those_of_the_log(): void {
		global $wpdb;
		$this->finished_job( 'For Ada' );
		$this->act_as( 'administrator' );
		$this->finished_job( 'For nobody' );
		$this->erase();
		$select = "SELECT * FROM {$wpdb->prefix}draftkeeper_usage_daily ORDER BY day, user_id";
		$sums   = $wpdb->get_results( $select, ARRAY_A );
		self::assertSame( '0', (string) $sums[0]['user_id'] );
		Books::rollup()->recompute();
		self::assertSame( $sums, $wpdb->get_results( $select, ARRAY_A ) );
	}

	public function test_erasing_reaches_into_the_archives_and_names_those_that_it_cannot_read(): void {
		$other = $this->user( 'editor' );
		foreach ( array( '2025-01', '2025-02', '2025-03' ) as $month ) {
			Books::at( "$month-03 09:30:00" )->record( Books::job( $this->erin ), array( Books::attempt( 1, array( 'status' => 'failed' ) ), Books::attempt( 2 ) ) );
			Books::at( "$month-04 09:30:00" )->record( Books::job( $other ), array( Books::attempt() ) );
		}
		$archive = Books::archive();
		foreach ( array( '2025-01', '2025-02', '2025-03' ) as $month ) {
			$archive->archive( $month );
		}
		$before = array_map( self::archived( ... ), $archive->files() );
		file_put_contents( $archive->files()[1], 'torn' );

		$answers = $this->erase_all();
		self::assertSame( array( true ), array_values( array_unique( array_column( array_slice( $answers, 0, 1 ), 'items_removed' ) ) ) );
		$messages = array_merge( ...array_column( $answers, 'messages' ) );
		self::assertCount( 1, $messages );
		self::assertStringContainsString( 'usage-2025-02-', $messages[0] );
		self::assertContains( true, array_column( $answers, 'items_retained' ) );
		self::assertCount( 3, $archive->files() );
		foreach ( array( 0, 2 ) as $index ) {
			$rows = self::archived( $archive->files()[ $index ] );
			self::assertSame( array( array( 0, null ), array( 0, null ), array( $other, 'editor' ) ), array_map( static fn( array $row ) => array( $row['user_id'], $row['role'] ), $rows ) );
			$cost = static fn( array $rows ) => array_map( static fn( array $row ) => array_diff_key( $row, array( 'user_id' => 0, 'role' => 0 ) ), $rows );
			self::assertSame( $cost( $before[ $index ] ), $cost( $rows ) );
		}
		// Once more finds nothing, and begins with the oldest month again.
		self::assertSame( array( false ), array_values( array_unique( array_column( $this->erase_all(), 'items_removed' ) ) ) );
		self::assertSame( 3, $archive->recover( $archive->files()[0] )['added'] );
		self::assertSame( array( $other ), Books::rollup()->user_ids() );
	}

	public function test_the_policy_text_says_how_long_things_are_kept(): void {
		require_once ABSPATH . 'wp-admin/includes/class-wp-privacy-policy-content.php';
		update_option( 'draftkeeper_text_days', '12' );
		set_current_screen( 'options-privacy' );
		// WordPress's own ask the network for updates.
		remove_all_actions( 'admin_init' );
		( new PrivacyPolicy( new RetentionSettings() ) )->register();
		do_action( 'admin_init' );
		$texts = array_column( \WP_Privacy_Policy_Content::get_suggested_policy_text(), 'policy_text', 'plugin_name' );
		self::assertStringContainsString( '12 days', $texts['Draftkeeper'] );
		set_current_screen( 'front' );
	}

	/** @param array<string, mixed> $changes */
	private function finished_job( string $audience, array $changes = array() ): string {
		$uuid = $this->created( $changes + array( 'options' => array( 'audience' => $audience ) ) );
		$this->deliver( self::finished( $uuid ), "msg_$uuid" );
		return $uuid;
	}

	/** @return array<string, array<string, mixed>> */
	private function exporters(): array {
		return apply_filters( 'wp_privacy_personal_data_exporters', array() );
	}

	/** @return array{data: list<array<string, mixed>>, done: bool} */
	private function export( string $name, int $page ): array {
		return call_user_func( $this->exporters()[ $name ]['callback'], self::EMAIL, $page );
	}

	/** @return array<string, mixed> the first answer; asks until all is done. */
	private function erase(): array {
		return $this->erase_all()[0];
	}

	/** @return non-empty-list<array<string, mixed>> all answers until it is done. */
	private function erase_all(): array {
		$erase   = apply_filters( 'wp_privacy_personal_data_erasers', array() )['draftkeeper']['callback'];
		$answers = array( $erase( self::EMAIL, 1 ) );
		for ( $page = 2; ! end( $answers )['done'] && $page < 10; ++$page ) {
			$answers[] = $erase( self::EMAIL, $page );
		}
		self::assertTrue( end( $answers )['done'] );
		return $answers;
	}

	/** @return list<array<string, mixed>> */
	private static function archived( string $path ): array {
		return iterator_to_array( ( new ArchiveReader( $path ) )->rows(), false );
	}
}
