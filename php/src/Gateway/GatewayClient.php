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

	private const MAX_REPLY_BYTES = 8 * 1024 * 1024;

	public function __construct(
		private readonly Connection $connection,
		private readonly TokenSigner $signer,
		private readonly GatewayHealth $health,
	) {}

	public function offer( Job $job, int $timeout ): GatewayReply {
		$request = $job->request();
		$body    = array(
			'contract_version'  => Contract::table( 'version' ),
			'uuid'              => $job->uuid,
			'task'              => $job->task,
			'model'             => $job->model,
			'messages'          => $request->messages,
			'temperature'       => $request->options->temperature,
			'max_output_tokens' => $request->options->max_output_tokens,
			'request_id'        => $job->request_id,
			'expires_at'        => str_replace( ' ', 'T', $job->expires_at ) . 'Z',
		) + ( isset( $request->cache ) ? array( 'cache' => $request->cache ) : array() );
		return $this->send( 'POST', '/v1/jobs', (string) wp_json_encode( $body ), $job->user_id, $job->request_id, $timeout );
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
		if ( '' === $this->connection->gateway_url() ) {
			return new GatewayReply( 0, '' );
		}
		$reply = $this->send_once( $method, $path, $body, $user_id, $request_id, $timeout );
		$time  = $reply->server_time();
		if ( null !== $time && $this->health->learn_time( $time ) ) {
			$reply = $this->send_once( $method, $path, $body, $user_id, $request_id, $timeout );
		}
		$this->health->note( $reply->is_alive() );
		return $reply;
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
