<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Privacy\SealedText;
use Draftkeeper\Privacy\UnreadableText;

defined( 'ABSPATH' ) || exit;

/** A job as its row says. Times are UTC, `Y-m-d H:i:s`. */
final class Job {
	public function __construct(
		public readonly int $id,
		public readonly string $uuid,
		public readonly int $user_id,
		public readonly ?int $post_id,
		/** The id of the job that this one repeats. */
		public readonly ?string $retry_of,
		public readonly string $task,
		public readonly ?string $target,
		public readonly ?string $client_ref,
		public readonly ?string $model,
		public readonly JobStatus $status,
		public readonly int $version,
		public readonly int $offers,
		public readonly int $losses,
		public readonly ?string $wait_reason,
		public readonly bool $cancel_pending,
		public readonly bool $maybe_billed_twice,
		public readonly string $input_hash,
		public readonly string $request_json,
		public readonly ?string $result_json,
		public readonly ?string $error_code,
		public readonly ?string $error_text,
		public readonly ?string $applied_webhook_id,
		public readonly ?string $review,
		public readonly ?int $reviewed_by,
		public readonly ?string $reviewed_at,
		public readonly ?int $queue_ms,
		public readonly ?int $provider_ms,
		public readonly string $request_id,
		public readonly ?string $lease_until,
		public readonly ?string $asked_at,
		public readonly string $expires_at,
		public readonly string $created_at,
		public readonly string $updated_at,
		public readonly ?string $finished_at,
	) {}

	/** @param array<string, mixed> $row the columns as the database or an insert holds them. */
	public static function from_row( array $row ): self {
		$number = static fn( string $name ): ?int => isset( $row[ $name ] ) ? (int) $row[ $name ] : null;
		return new self(
			(int) $row['id'],
			$row['uuid'],
			(int) $row['user_id'],
			$number( 'post_id' ),
			$row['retry_of'],
			$row['task'],
			$row['target'],
			$row['client_ref'],
			$row['model'],
			JobStatus::from( $row['status'] ),
			(int) $row['version'],
			(int) $row['offers'],
			(int) $row['losses'],
			$row['wait_reason'],
			(bool) $row['cancel_pending'],
			(bool) $row['maybe_billed_twice'],
			$row['input_hash'],
			$row['request_json'],
			$row['result_json'],
			$row['error_code'],
			$row['error_text'],
			$row['applied_webhook_id'],
			$row['review'],
			$number( 'reviewed_by' ),
			$row['reviewed_at'],
			$number( 'queue_ms' ),
			$number( 'provider_ms' ),
			$row['request_id'],
			$row['lease_until'],
			$row['asked_at'],
			$row['expires_at'],
			$row['created_at'],
			$row['updated_at'],
			$row['finished_at'],
		);
	}

	/** What was asked for: `input`, `options` and the `messages` that the gateway gets. */
	public function request(): \stdClass {
		return json_decode( SealedText::open( $this->request_json ), false, 64, JSON_THROW_ON_ERROR );
	}

	/** Whether what was asked for can be read; `texts_missing()` says why not. */
	public function has_request(): bool {
		return null === $this->texts_missing();
	}

	/** `purged` when the texts have been removed, `sealed` when the key to them is missing, null when they are there. */
	public function texts_missing(): ?string {
		try {
			SealedText::open( (string) $this->result_json );
			return isset( json_decode( SealedText::open( $this->request_json ) )->input ) ? null : 'purged';
		} catch ( UnreadableText ) {
			return 'sealed';
		}
	}

	/** The sanitized draft: `html`, `marks`, `sample`. */
	public function draft(): ?\stdClass {
		return null === $this->result_json ? null : json_decode( SealedText::open( $this->result_json ), false, 64, JSON_THROW_ON_ERROR );
	}

	/** Whether the gateway may know this job. */
	public function was_offered(): bool {
		return $this->offers > 0;
	}
}
