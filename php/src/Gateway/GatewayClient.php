<?php

namespace Draftkeeper\Gateway;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\Log;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\RequestId;

defined( 'ABSPATH' ) || exit;

/** Speaks to the gateway, and to no other address. */
final class GatewayClient {
	/** Inside a request of a person. */
	public const INLINE_TIMEOUT_SECONDS = 2;
	/** Inside the sweep. */
	public const SWEEP_TIMEOUT_SECONDS = 5;

	/** Jobs per question; a finished one may be 300 kB. */
	public const MAX_IDS = 25;

	/** Jobs per offer, and what their requests may come to: the gateway reads 256 kB at most. */
	public const MAX_OFFERS      = 25;
	public const MAX_OFFER_BYTES = 200_000;

	private const MAX_REPLY_BYTES = 8 * 1024 * 1024;

	public function __construct(
		private readonly Connection $connection,
		private readonly TokenSigner $signer,
		private readonly GatewayHealth $health,
	) {}

	/** Whether anything may be sent that a model is to read: not where the site has switched AI off. */
	public function may_offer(): bool {
		return 'ai_disabled' !== $this->connection->state();
	}

	/**
	 * Offers jobs, several of them in one request.
	 *
	 * @param list<array{Job, \stdClass}> $offers jobs and what was asked for; not empty, at most MAX_OFFERS.
	 * @return list<GatewayReply>|null a reply to each, in order; null when the answer to several may be due to one of them, or to their
	 *                                 being several: then each has to be offered alone.
	 */
	public function offer( array $offers, int $timeout ): ?array {
		if ( 1 === count( $offers ) ) {
			list( $job, $request ) = $offers[0];
			$body                  = array( 'contract_version' => Contract::table( 'version' ) ) + self::offer_of( $job, $request );
			return array( $this->send( 'POST', '/v1/jobs', (string) wp_json_encode( $body ), $job->user_id, $job->request_id, $timeout ) );
		}
		$body    = array(
			'contract_version' => Contract::table( 'version' ),
			'offers'           => array_map( fn( array $offer ) => self::offer_of( ...$offer ) + array( 'sub' => $this->signer->pseudonym( $offer[0]->user_id ) ), $offers ),
		);
		$reply   = $this->exchange( 'POST', '/v1/jobs/batch', (string) wp_json_encode( $body ), 0, wp_generate_uuid4(), $timeout );
		$replies = $reply->to_offers( array_map( static fn( array $offer ) => $offer[0]->uuid, $offers ) );
		if ( null !== $replies ) {
			$this->health->note( array() === array_filter( $replies, static fn( GatewayReply $one ) => ! $one->is_alive() ) );
		}
		return $replies;
	}

	/** @return array<string, mixed> what the gateway has to know of a job. */
	private static function offer_of( Job $job, \stdClass $request ): array {
		return array(
			'uuid'              => $job->uuid,
			'task'              => $job->task,
			'model'             => $job->model,
			'messages'          => $request->messages,
			'temperature'       => $request->options->temperature,
			'max_output_tokens' => $request->options->max_output_tokens,
			'request_id'        => $job->request_id,
			'expires_at'        => str_replace( ' ', 'T', $job->expires_at ) . 'Z',
		) + ( isset( $request->cache ) ? array( 'cache' => $request->cache ) : array() );
	}

	/**
	 * Asks how jobs stand.
	 *
	 * @param list<Job> $jobs at most MAX_IDS.
	 */
	public function states( array $jobs, int $timeout ): GatewayReply {
		$ids = implode( ',', array_map( static fn( Job $job ) => $job->uuid, $jobs ) );
		return $this->send( 'GET', "/v1/jobs?ids=$ids", '', 0, wp_generate_uuid4(), $timeout );
	}

	/** Asks about a job that nobody has: whoever answers that fits is the gateway, and takes our signature. */
	public function ask( int $timeout ): GatewayReply {
		return $this->send( 'GET', '/v1/jobs?ids=' . wp_generate_uuid4(), '', 0, wp_generate_uuid4(), $timeout );
	}

	/** Asks which models this site may use, and what they cost. */
	public function models( int $timeout ): GatewayReply {
		return $this->send( 'GET', '/v1/models', '', 0, wp_generate_uuid4(), $timeout );
	}

	public function cancel( Job $job, int $timeout ): GatewayReply {
		return $this->send( 'DELETE', "/v1/jobs/{$job->uuid}", '', $job->user_id, $job->request_id, $timeout );
	}

	private function send( string $method, string $path, string $body, int $user_id, string $request_id, int $timeout ): GatewayReply {
		$reply = $this->exchange( $method, $path, $body, $user_id, $request_id, $timeout );
		if ( '' !== $this->connection->gateway_url() ) {
			$this->health->note( $reply->is_alive() );
		}
		return $reply;
	}

	/** Sends a request, once more where the gateway has told the time. */
	private function exchange( string $method, string $path, string $body, int $user_id, string $request_id, int $timeout ): GatewayReply {
		if ( '' === $this->connection->gateway_url() ) {
			return new GatewayReply( 0, '' );
		}
		$reply = $this->send_once( $method, $path, $body, $user_id, $request_id, $timeout );
		$time  = $reply->server_time();
		return null !== $time && $this->health->learn_time( $time ) ? $this->send_once( $method, $path, $body, $user_id, $request_id, $timeout ) : $reply;
	}

	private function send_once( string $method, string $path, string $body, int $user_id, string $request_id, int $timeout ): GatewayReply {
		$url = $this->connection->gateway_url() . $path;
		try {
			$token = $this->signer->token( $method, $url, $body, $user_id, $this->health->gateway_time() );
		} catch ( \RuntimeException $error ) {
			// As if the gateway had refused the signature: the job waits until a person has repaired the key.
			Log::line( $error->getMessage() );
			return new GatewayReply( 401, '' );
		}
		$headers = array(
			'Authorization' => "Bearer $token",
			'Accept'        => 'application/json',
			'X-Request-ID'  => $request_id,
			'traceparent'   => RequestId::traceparent( $request_id ),
		);
		if ( '' !== $body ) {
			$headers['Content-Type'] = 'application/json';
		}
		// The "safe" variant refuses the loopback ports that a gateway beside WordPress listens on. The address is the administrator's own.
		$response = wp_remote_request(
			$url,
			array(
				'method'              => $method,
				'headers'             => $headers,
				'body'                => $body,
				'timeout'             => (float) $timeout,
				'redirection'         => 0,
				'limit_response_size' => self::MAX_REPLY_BYTES,
				'user-agent'          => 'Draftkeeper/' . DRAFTKEEPER_VERSION,
			)
		);
		if ( is_wp_error( $response ) ) {
			return new GatewayReply( 0, '' );
		}
		return new GatewayReply( (int) wp_remote_retrieve_response_code( $response ), wp_remote_retrieve_body( $response ) );
	}
}
