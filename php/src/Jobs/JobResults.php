<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Drafts\DraftSanitizer;
use Draftkeeper\Drafts\FactMarks;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\Log;
use Draftkeeper\Usage\UsageStore;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** Applies what the gateway reports of an ended job, whether a webhook or a pull brought it. */
final class JobResults {
	private const MAX_ERROR_CHARACTERS = 500;

	private const NO_FACTS = array(
		'name'          => '',
		'sku'           => null,
		'categories'    => array(),
		'tags'          => array(),
		'attributes'    => array(),
		'price'         => null,
		'images'        => array(),
		'existing_text' => null,
	);

	public function __construct(
		private readonly JobStore $jobs,
		private readonly Transactions $transactions,
		private readonly UsageStore $usage,
		private readonly Budgets $budgets,
	) {}

	/**
	 * Applies a `finished_job` of the contract once: status, text, attempts and the id of the delivery in one transaction.
	 *
	 * The attempts are recorded and settled whatever the job's status is; a text only where the job may still take one.
	 *
	 * @throws ApiError `unknown_job`
	 * @throws \Draftkeeper\Privacy\UnreadableText when the key to the request is missing; nothing has changed then.
	 */
	public function apply( stdClass $finished, ?string $webhook_id = null ): void {
		$has_ended = $this->transactions->run(
			function () use ( $finished, $webhook_id ): bool {
				$job = $this->jobs->find_locked( $finished->uuid );
				if ( null === $job ) {
					throw new ApiError( ErrorCode::UnknownJob, 404, __( 'There is no such job on this site. The gateway may forget it.', 'draftkeeper' ) );
				}
				if ( null !== $webhook_id && $job->applied_webhook_id === $webhook_id ) {
					return false;
				}
				return $this->record( $job, $finished, $webhook_id );
			}
		);
		if ( $has_ended ) {
			$this->announce( $finished->uuid );
		}
	}

	/** Ends a job that the gateway will not, or cannot, do. */
	public function fail( Job $job, ErrorCode $code, string $message ): void {
		$changes = array(
			'error_code' => $code->value,
			'error_text' => self::line( $message ),
		);
		if ( $this->jobs->transition( $job, JobStatus::Failed, $changes ) ) {
			$this->announce( $job->uuid );
		}
	}

	/** Tells other plugins that a job has ended, whoever ended it. */
	public function announce( string $uuid ): void {
		$job = $this->jobs->find( $uuid );
		if ( null === $job ) {
			return;
		}
		try {
			/**
			 * Fires when a job has ended and everything about it is stored.
			 *
			 * @param string $uuid   The job's id.
			 * @param string $status `succeeded`, `failed` or `canceled`.
			 * @param Job    $job    The job as it is stored now.
			 */
			do_action( 'draftkeeper_job_finished', $job->uuid, $job->status->value, $job );
		} catch ( \Throwable $error ) {
			// The result is committed: a listener's mistake must not make the gateway deliver it again.
			Log::error( 'a listener of draftkeeper_job_finished failed', $error );
		}
	}

	/** @return bool whether the job has ended by this. */
	private function record( Job $job, stdClass $finished, ?string $webhook_id ): bool {
		$attempts = json_decode( (string) wp_json_encode( $finished->attempts ), true );
		foreach ( $attempts as &$attempt ) {
			$attempt['error_code'] = null === $attempt['error_code'] ? null : ErrorCode::from_foreign( $attempt['error_code'] )->value;
		}
		unset( $attempt );
		$this->budgets->settle( $job->id, $job->user_id, $this->usage->record( $job, $attempts ) );

		$common = array( 'cancel_pending' => 0 );
		if ( null !== $webhook_id ) {
			$common['applied_webhook_id'] = $webhook_id;
		}
		if ( $finished->maybe_billed_twice ) {
			$common['maybe_billed_twice'] = 1;
		}
		$timing = array(
			'queue_ms'    => $attempts[0]['queue_ms'] ?? null,
			'provider_ms' => array() === $attempts ? null : (int) array_sum( array_column( $attempts, 'provider_ms' ) ),
			'finished_at' => $this->finished_at( $job, $finished->finished_at ),
		);
		list( $status, $changes ) = $this->outcome( $job, $finished->outcome );
		if ( $this->jobs->transition( $job, $status, $common + $timing + $changes ) ) {
			return true;
		}
		// A draft under review keeps its version; elsewhere late attempts have changed what the job cost.
		if ( JobStatus::Succeeded !== $job->status ) {
			$this->jobs->amend( $job, $common );
		}
		return false;
	}

	/** @return array{JobStatus, array<string, string|int|null>} where the job goes, and what it takes along. */
	private function outcome( Job $job, stdClass $outcome ): array {
		return match ( $outcome->status ) {
			'succeeded' => $this->draft( $job, $outcome ),
			'failed' => self::failure( ErrorCode::from_foreign( $outcome->code ), $outcome->message ),
			'canceled' => array( JobStatus::Canceled, array() ),
			default => throw new \LogicException( 'The contract let an unknown outcome pass.' ),
		};
	}

	/** @return array{JobStatus, array<string, string|int|null>} */
	private function draft( Job $job, stdClass $outcome ): array {
		$html = DraftSanitizer::sanitize( $job->task, $outcome->text );
		if ( '' === trim( wp_strip_all_tags( $html ) ) ) {
			return self::failure( ErrorCode::EmptyResult, __( 'The model answered without any usable text. Add a few facts and ask again.', 'draftkeeper' ) );
		}
		// A late result of a job whose texts are gone: no fact is known, so everything is marked.
		$facts = 'purged' === $job->texts_missing() ? self::NO_FACTS : json_decode( (string) wp_json_encode( $job->request()->input->facts ), true );
		$draft = array(
			'html'   => $html,
			'marks'  => array_values( FactMarks::find( $facts, $html ) ),
			'sample' => $outcome->sample,
		);
		return array( JobStatus::Succeeded, array( 'result_json' => (string) wp_json_encode( $draft, JSON_THROW_ON_ERROR ) ) );
	}

	/** @return array{JobStatus, array<string, string|int|null>} */
	private static function failure( ErrorCode $code, string $message ): array {
		return array(
			JobStatus::Failed,
			array(
				'error_code' => $code->value,
				'error_text' => self::line( $message ),
			),
		);
	}

	/** The gateway's time of the end, unless its clock says that it lies before the beginning or after now. */
	private function finished_at( Job $job, string $reported ): string {
		return min( $this->jobs->time(), max( $job->created_at, str_replace( array( 'T', 'Z' ), array( ' ', '' ), $reported ) ) );
	}

	private static function line( string $message ): string {
		return mb_substr( trim( preg_replace( '/[\s\p{Cc}]+/u', ' ', wp_strip_all_tags( $message ) ) ?? '' ), 0, self::MAX_ERROR_CHARACTERS );
	}
}
