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
	/** Whose try was the last of this request, and what it found, for the headers of the answer. */
	private ?int $last_user = null;
	private ?Window $last   = null;

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
		$this->last_user = $user_id;
		$this->last      = $taken->window;
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
		$this->last_user = $user_id;
		$this->last      = null;
	}

	/** Uncounts a job that was not made. */
	public function give_back( int $user_id ): void {
		$rule            = $this->rule();
		$this->last_user = null;
		if ( null !== $rule ) {
			$this->try( fn() => $this->windows->give_back( self::name( $user_id, $rule ), $rule->window_seconds, ( $this->now )() ) );
		}
	}

	/** The window of a user as it stands; null where nothing is limited or nothing can be read. */
	public function window( int $user_id ): ?Window {
		$rule = $this->rule();
		return null === $rule ? null : $this->try( fn() => $this->windows->read( self::name( $user_id, $rule ), $rule->window_seconds, ( $this->now )() ) );
	}

	/** Null where there is none, or none that can be understood. */
	public function rule(): ?JobLimitRule {
		return $this->try( $this->settings->job_limit( ... ) );
	}

	/** The window after the last try of this request, once. */
	public function take_last(): ?Window {
		$user_id         = $this->last_user;
		$this->last_user = null;
		return null === $user_id ? null : ( $this->last ?? $this->window( $user_id ) );
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
