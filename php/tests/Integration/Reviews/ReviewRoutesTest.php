<?php

namespace Draftkeeper\Tests\Integration\Reviews;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use WP_REST_Response;

final class ReviewRoutesTest extends JobsTestCase {
	private string $uuid;
	private int $post;

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
		$this->post = $this->post();
		$this->uuid = $this->created( array( 'post_id' => $this->post ) );
	}

	public function test_a_decision_is_kept_with_who_and_when(): void {
		$this->finish();
		$response = $this->review( array( 'decision' => 'accepted', 'original_text' => '<!-- wp:paragraph --><p>Before</p><!-- /wp:paragraph -->' ) );
		self::assertSame( 200, $response->get_status() );
		$job = self::body( $response );
		self::assertSame( array(), Contract::check( 'job', $job ) );
		self::assertSame( array( 'accepted', get_current_user_id() ), array( $job->review->decision, $job->review->reviewed_by->id ) );
		self::assertSame( '<!-- wp:paragraph --><p>Before</p><!-- /wp:paragraph -->', $this->row( $this->uuid )['original_text'] );
		self::assertNotSame( $response->get_headers()['ETag'], "\"{$this->uuid}-3\"" );
	}

	public function test_an_edited_text_is_kept_without_what_could_run(): void {
		$this->finish();
		$this->review( array( 'decision' => 'edited', 'final_text' => '<p>Mine <script>alert(1)</script><a href="/x" onclick="y">link</a></p>', 'original_text' => '<p onclick="x">Old</p>' ) );
		$row = $this->row( $this->uuid );
		self::assertSame( '<p>Mine alert(1)<a href="/x">link</a></p>', $row['final_text'] );
		self::assertSame( '<p>Old</p>', $row['original_text'] );
	}

	public function test_the_same_decision_again_changes_nothing_and_another_one_is_refused(): void {
		$version = $this->finish();
		$this->review( array( 'decision' => 'discarded' ), $version );
		$row = $this->row( $this->uuid );
		self::assertSame( 200, $this->review( array( 'decision' => 'discarded' ), $version )->get_status() );
		self::assert_error( 'already_reviewed', 409, $this->review( array( 'decision' => 'accepted' ), (int) $row['version'] ), array( 'review' => 'discarded' ) );
		self::assertSame( $row, $this->row( $this->uuid ) );
	}

	public function test_a_draft_that_changed_meanwhile_must_be_looked_at_again(): void {
		$version = $this->finish();
		self::assert_error( 'version_conflict', 409, $this->review( array( 'decision' => 'accepted' ), $version - 1 ), array( 'version' => $version ) );
		self::assertNull( $this->row( $this->uuid )['review'] );
	}

	public function test_a_repeated_delivery_does_not_spoil_a_review(): void {
		$version = $this->finish();
		$this->deliver( self::finished( $this->uuid ), 'msg_other' );
		self::assertSame( 200, $this->review( array( 'decision' => 'accepted' ), $version )->get_status() );
	}

	public function test_without_a_draft_there_is_nothing_to_review(): void {
		self::assert_error( 'job_not_finished', 409, $this->review( array( 'decision' => 'accepted' ), 2 ), array( 'job_status' => 'running' ) );
		$this->deliver( self::finished( $this->uuid, array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => '' ) ) );
		self::assert_error( 'job_not_finished', 409, $this->review( array( 'decision' => 'accepted' ), 3 ), array( 'job_status' => 'failed' ) );
	}

	public function test_bad_bodies_are_refused(): void {
		$version = $this->finish();
		self::assert_error( 'malformed_json', 400, $this->dispatch( 'POST', $this->route(), '{' ) );
		foreach ( array( '{}', '{"decision":"accepted","version":"' . $version . '"}', '{"decision":"maybe","version":1}', '{"decision":"accepted","version":1,"reviewed_by":1}', '{"decision":"accepted","version":1,"final_text":"x"}' ) as $body ) {
			self::assert_error( 'invalid_body', 400, $this->dispatch( 'POST', $this->route(), $body ) );
		}
		self::assert_error( 'body_too_large', 413, $this->dispatch( 'POST', $this->route(), str_repeat( ' ', 262145 ) ) );
		self::assertNull( $this->row( $this->uuid )['review'] );
	}

	public function test_the_body_cannot_name_another_job(): void {
		$this->finish();
		self::assert_error( 'invalid_body', 400, $this->review( array( 'decision' => 'accepted', 'uuid' => wp_generate_uuid4() ) ) );
	}

	public function test_only_who_may_edit_the_post_decides(): void {
		$version = $this->finish();
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->review( array( 'decision' => 'accepted' ), $version ) );
		$this->act_as( 'contributor' );
		self::assert_error( 'forbidden', 403, $this->review( array( 'decision' => 'accepted' ), $version ) );
		$this->act_as( 'author' );
		self::assert_error( 'job_not_found', 404, $this->review( array( 'decision' => 'accepted' ), $version ) );
		self::assertNull( $this->row( $this->uuid )['review'] );
		$this->act_as( 'editor' );
		self::assertSame( 200, $this->review( array( 'decision' => 'accepted' ), $version )->get_status() );
	}

	public function test_an_owner_who_lost_the_post_may_not_accept(): void {
		$version = $this->finish();
		wp_update_post( array( 'ID' => $this->post, 'post_author' => $this->user( 'editor' ) ) );
		self::assert_error( 'forbidden', 403, $this->review( array( 'decision' => 'accepted' ), $version ) );
	}

	/** @param array<string, mixed> $body */
	private function review( array $body, ?int $version = null ): WP_REST_Response {
		return $this->dispatch( 'POST', $this->route(), $body + array( 'version' => $version ?? (int) $this->row( $this->uuid )['version'] ) );
	}

	private function finish(): int {
		$this->deliver( self::finished( $this->uuid ) );
		return (int) $this->row( $this->uuid )['version'];
	}

	private function route(): string {
		return "/draftkeeper/v1/jobs/{$this->uuid}/review";
	}
}
