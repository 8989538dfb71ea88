<?php

namespace Draftkeeper\Limits;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\Log;
use Draftkeeper\Jobs\Deadlock;

defined( 'ABSPATH' ) || exit;

/**
 * How many jobs a user may ask for in a while. It protects a site from haste, not from cost: when it cannot be checked, the job goes
 * ahead, and the log says so.
 */
final class JobLimit {
	/** @var array{int, JobLimitRule, ?Window}|null whose try was the last of this request, under which rule, and what it found, for the headers of the answer. */
	private ?array $last = null;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly LimitSettings $settings,
		private readonly WindowStore $windows,
		private readonly Closure $now,
	) {}

	/**
	 * Counts a job; one that is refused is not counted.
	 *
	 * @throws ApiError `rate_limited`
	 */
	public function take( int $user_id ): void {
		$rule = $this->rule();
		if ( null === $rule ) {
			return;
		}
		$now   = ( $this->now )();
		$taken = $this->try( fn() => $this->windows->take( self::name( $user_id, $rule ), $rule->max_jobs, $rule->window_seconds, $now ) );
		if ( null === $taken ) {
			return;
		}
		$this->last = array( $user_id, $rule, $taken->window );
		if ( ! $taken->is_allowed ) {
			throw self::refusal( $rule, max( 1, ( $taken->window?->opens_at( $rule->max_jobs, $rule->window_seconds ) ?? $now ) - $now ) );
		}
	}

	/** Whether `count()` can be a part of a transaction. */
	public function is_transactional(): bool {
		return $this->windows instanceof TransactionalWindowStore;
	}

	/**
	 * Counts a job inside the transaction that stores it; what is rolled back is not counted.
	 *
	 * @throws NotCounted when it has to be counted outside, by `take()`: that says why.
	 */
	public function count( int $user_id ): void {
		$rule = $this->rule();
		if ( null === $rule || ! $this->windows instanceof TransactionalWindowStore ) {
			return;
		}
		$windows    = $this->windows;
		$is_counted = $this->try( fn() => $windows->count( self::name( $user_id, $rule ), $rule->max_jobs, $rule->window_seconds, ( $this->now )() ), true );
		if ( false === $is_counted ) {
			throw new NotCounted( 'Not by one statement.' );
		}
		$this->last = array( $user_id, $rule, null );
	}

	/** Uncounts a job that was not made. */
	public function give_back( int $user_id ): void {
		$rule       = $this->rule();
		$this->last = null;
		if ( null !== $rule ) {
			$this->try( fn() => $this->windows->give_back( self::name( $user_id, $rule ), $rule->window_seconds, ( $this->now )() ) );
		}
	}

	/** The window of a user as it stands; null where nothing is limited or nothing can be read. */
	public function window( int $user_id ): ?Window {
		$rule = $this->rule();
		return null === $rule ? null : $this->read( $user_id, $rule );
	}

	/** Null where there is none, or none that can be understood. */
	public function rule(): ?JobLimitRule {
		return $this->try( $this->settings->job_limit( ... ) );
	}

	/**
	 * The window after the last try of this request, and its rule; once.
	 *
	 * @return array{Window, JobLimitRule}|null
	 */
	public function take_last(): ?array {
		list( $user_id, $rule, $window ) = $this->last ?? array( 0, null, null );
		$this->last                      = null;
		if ( null === $rule ) {
			return null;
		}
		$window ??= $this->read( $user_id, $rule );
		return null === $window ? null : array( $window, $rule );
	}

	private function read( int $user_id, JobLimitRule $rule ): ?Window {
		return $this->try( fn() => $this->windows->read( self::name( $user_id, $rule ), $rule->window_seconds, ( $this->now )() ) );
	}

	private static function name( int $user_id, JobLimitRule $rule ): string {
		return "draftkeeper_jobs_{$rule->window_seconds}_$user_id";
	}

	private static function refusal( JobLimitRule $rule, int $seconds ): ApiError {
		return new ApiError(
			ErrorCode::RateLimited,
			429,
			sprintf(
				/* translators: 1: number of drafts, 2: a time, for example "10 minutes", 3: a time. */
				__( 'You may ask for %1$s drafts in %2$s. You can go on in %3$s.', 'draftkeeper' ),
				number_format_i18n( $rule->max_jobs ),
				human_time_diff( 0, $rule->window_seconds ),
				human_time_diff( 0, $seconds )
			),
			array( 'retry_after' => $seconds, 'limit' => $rule->max_jobs, 'window_seconds' => $rule->window_seconds )
		);
	}

	/**
	 * @template T
	 * @param Closure(): T $work
	 * @return T|null
	 */
	private function try( Closure $work, bool $in_transaction = false ): mixed {
		try {
			return $work();
		} catch ( \Throwable $error ) {
			// The whole transaction is tried again.
			if ( $in_transaction && $error instanceof Deadlock ) {
				throw $error;
			}
			Log::error( 'the limit of jobs could not be checked, so the job goes ahead', $error );
			return null;
		}
	}
}
