<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Usage\UsageRows;
use Draftkeeper\Usage\UsageStore;
use stdClass;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** Jobs in the contract's shape, each with as much as the current user may read. */
final class JobAnswer {
	private const NO_TOTALS = array(
		'attempts'    => 0,
		'tokens_in'   => null,
		'tokens_out'  => null,
		'cost_micros' => null,
	);

	public function __construct( private readonly UsageStore $usage, private readonly JobAccess $access ) {}

	/** Whether the caller has this version already. */
	public static function is_known( Job $job, WP_REST_Request $request ): bool {
		return 'GET' === $request->get_method() && self::names( (string) $request->get_header( 'if_none_match' ), self::etag( $job ) );
	}

	/** One job; 304 without a body when the caller has this version already. */
	public function response( Job $job, WP_REST_Request $request, int $status = 200 ): WP_REST_Response {
		$etag     = self::etag( $job );
		$response = self::is_known( $job, $request ) ? new WP_REST_Response( null, 304 ) : new WP_REST_Response( $this->shape_all( array( $job ) )[0], $status );
		$response->header( 'ETag', $etag );
		$response->header( 'Cache-Control', 'private, max-age=0' );
		$timing = array_filter( array( 'queue' => $job->queue_ms, 'provider' => $job->provider_ms ), is_int( ... ) );
		if ( array() !== $timing ) {
			$parts = array_map( static fn( string $name, int $duration ) => "$name;dur=$duration", array_keys( $timing ), $timing );
			$response->header( 'Server-Timing', implode( ', ', $parts ) );
		}
		return $response;
	}

	/**
	 * @param list<Job> $jobs
	 * @return list<array<string, mixed>> in the same order.
	 */
	public function shape_all( array $jobs, bool $has_texts = true ): array {
		// Attempts come with a result; a job without one has cost nothing yet.
		$reported = array_filter( $jobs, static fn( Job $job ) => $job->status->is_final() );
		$totals   = array() === $reported ? array() : $this->usage->totals_for_jobs( array_values( array_map( static fn( Job $job ) => $job->id, $reported ) ) );
		cache_users( array_values( array_unique( array_filter( array_merge( ...array_map( static fn( Job $job ) => array( $job->user_id, $job->reviewed_by ), $jobs ) ) ) ) ) );
		if ( ! $has_texts ) {
			_prime_post_caches( array_values( array_unique( array_filter( array_map( static fn( Job $job ) => $job->post_id, $jobs ) ) ) ), false, false );
		}
		return array_map(
			fn( Job $job ) => $this->shape( $job, $totals[ $job->id ] ?? self::NO_TOTALS, $has_texts && $this->access->may_read_texts( $job ) )
				+ ( $has_texts ? array() : array( 'post' => null === $job->post_id ? null : UsageRows::post( $job->post_id ) ) ),
			$jobs
		);
	}

	/**
	 * @param array<string, int|null> $totals
	 * @return array<string, mixed>
	 */
	private function shape( Job $job, array $totals, bool $has_texts ): array {
		$missing  = $has_texts ? $job->texts_missing() : null;
		$common   = array(
			'uuid'               => $job->uuid,
			'task'               => $job->task,
			'target'             => $job->target,
			'client_ref'         => $job->client_ref,
			'post_id'            => $job->post_id,
			'user'               => self::person( $job->user_id ),
			'model'              => $job->model,
			'version'            => $job->version,
			'retry_of'           => $job->retry_of,
			'cancel_pending'     => $job->cancel_pending,
			'maybe_billed_twice' => $job->maybe_billed_twice,
			'request_id'         => $job->request_id,
			'request'            => $has_texts && null === $missing ? self::request( $job ) : null,
			'attempts'           => (int) $totals['attempts'],
			'tokens_in'          => $totals['tokens_in'],
			'tokens_out'         => $totals['tokens_out'],
			'cost_micros'        => $totals['cost_micros'],
			'created_at'         => self::utc( $job->created_at ),
			'updated_at'         => self::utc( $job->updated_at ),
			'status'             => $job->status->value,
		);
		if ( null !== $missing ) {
			$common['texts_missing'] = $missing;
		}
		$finished = array( 'finished_at' => self::utc( $job->finished_at ?? $job->updated_at ) );
		return $common + match ( $job->status ) {
			JobStatus::Pending, JobStatus::Running => array( 'wait_reason' => $job->wait_reason ),
			JobStatus::Succeeded => $finished + array(
				'draft'  => $has_texts && 'sealed' !== $missing ? $job->draft() : null,
				'review' => self::review( $job ),
			),
			JobStatus::Failed => $finished + array(
				'error' => array(
					'code'    => $job->error_code ?? 'internal_error',
					'message' => $job->error_text ?? '',
				),
			),
			JobStatus::Canceled => $finished,
		};
	}

	private static function request( Job $job ): stdClass {
		$request = $job->request();
		return (object) array(
			'input'   => $request->input,
			'options' => $request->options,
		);
	}

	/** @return array<string, mixed>|null */
	private static function review( Job $job ): ?array {
		return null === $job->review || null === $job->reviewed_at ? null : array(
			'decision'    => $job->review,
			'reviewed_by' => self::person( (int) $job->reviewed_by ),
			'reviewed_at' => self::utc( $job->reviewed_at ),
		);
	}

	/** @return array{id: int, name: string}|null null for a user who is gone. */
	private static function person( int $user_id ): ?array {
		$user = get_userdata( $user_id );
		return false === $user ? null : array(
			'id'   => $user_id,
			'name' => $user->display_name,
		);
	}

	private static function utc( string $time ): string {
		return str_replace( ' ', 'T', $time ) . 'Z';
	}

	private static function etag( Job $job ): string {
		return "\"{$job->uuid}-{$job->version}\"";
	}

	/** Whether If-None-Match names this tag; servers that compress add "-gzip" or a weak prefix on the way. */
	private static function names( string $header, string $etag ): bool {
		$tags = array_map( static fn( string $tag ) => preg_replace( '/^W\/|-(?:gzip|br)(?="$)/', '', trim( $tag ) ), explode( ',', $header ) );
		return in_array( $etag, $tags, true );
	}
}
