<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** So many jobs in so many seconds. */
final class JobLimitRule {
	public function __construct( public readonly int $max_jobs, public readonly int $window_seconds ) {}
}
