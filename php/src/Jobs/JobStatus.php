<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/** Where a job stands, and from where it can get there. A test holds the cases to the contract. */
enum JobStatus: string {
	case Pending   = 'pending';
	case Running   = 'running';
	case Succeeded = 'succeeded';
	case Failed    = 'failed';
	case Canceled  = 'canceled';

	/** Failures that were only a guess: a result that comes later has been paid for and is taken. */
	public const REVOCABLE_FAILURES = array( 'worker_lost', 'expired' );

	/** @return list<self> the statuses that this one may follow. `JobStore::transition()` adds the late result. */
	public function may_follow(): array {
		return match ( $this ) {
			self::Pending => array(),
			self::Running => array( self::Pending ),
			self::Succeeded, self::Failed, self::Canceled => array( self::Pending, self::Running ),
		};
	}

	public function is_final(): bool {
		return match ( $this ) {
			self::Pending, self::Running => false,
			self::Succeeded, self::Failed, self::Canceled => true,
		};
	}
}
