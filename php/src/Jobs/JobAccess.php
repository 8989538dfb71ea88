<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Settings\Capability;

defined( 'ABSPATH' ) || exit;

/** What the current user may know of a job and do with it. */
final class JobAccess {
	/** Status, cost and errors. */
	public function may_see( Job $job ): bool {
		return $this->owns( $job ) || $this->may_edit_post_of( $job ) || current_user_can( Capability::VIEW_USAGE ) || current_user_can( Capability::MANAGE );
	}

	/** What was asked and what was written: an owner only while the post is in his hands. */
	public function may_read_texts( Job $job ): bool {
		return $this->may_edit_post_of( $job ) || ( null === $job->post_id && $this->owns( $job ) ) || current_user_can( Capability::MANAGE );
	}

	/** Asking again needs the texts of the first time, and the post in hand. */
	public function may_retry( Job $job ): bool {
		return $this->may_read_texts( $job ) && ( null === $job->post_id || $this->may_edit_post_of( $job ) );
	}

	public function may_cancel( Job $job ): bool {
		return $this->owns( $job ) || $this->may_edit_post_of( $job ) || current_user_can( Capability::MANAGE );
	}

	/** A draft goes into the post, so the post counts, not who asked for it. */
	public function may_review( Job $job ): bool {
		return null === $job->post_id ? $this->may_read_texts( $job ) : $this->may_edit_post_of( $job );
	}

	public function may_edit_post( int $post_id ): bool {
		$post = get_post( $post_id );
		// WordPress complains when it is asked about a type that a deactivated plugin has left behind.
		return null !== $post && post_type_exists( $post->post_type ) && 'revision' !== $post->post_type && current_user_can( 'edit_post', $post_id );
	}

	public function owns( Job $job ): bool {
		return 0 !== $job->user_id && get_current_user_id() === $job->user_id;
	}

	private function may_edit_post_of( Job $job ): bool {
		return null !== $job->post_id && $this->may_edit_post( $job->post_id );
	}
}
