<?php

namespace Draftkeeper\Webhooks;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Jobs\JobResults;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\RequestId;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `/webhooks/gateway`: takes the result of a job. Its permission is its sender and its signature; its size was checked before. */
final class GatewayWebhookRoute {
	public function __construct(
		private readonly Connection $connection,
		private readonly GatewayHealth $health,
		private readonly JobResults $results,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/webhooks/gateway',
			array(
				'methods'             => 'POST',
				'permission_callback' => $this->check_signature( ... ),
				'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->receive( $request ) ),
				'show_in_index'       => false,
				'schema'              => fn() => Contract::schema( 'webhook_receipt' ),
			)
		);
	}

	private function check_signature( WP_REST_Request $request ): bool|WP_Error {
		try {
			if ( ! SenderAddress::from_configuration()->is_allowed( $_SERVER ) ) {
				throw new ApiError( ErrorCode::Forbidden, 403, __( 'Deliveries from this address are not taken. DRAFTKEEPER_WEBHOOK_ALLOW must list it, and DRAFTKEEPER_TRUSTED_PROXIES every proxy before this site.', 'draftkeeper' ) );
			}
			SignatureVerifier::verify(
				(string) $request->get_header( 'webhook_id' ),
				(string) $request->get_header( 'webhook_timestamp' ),
				(string) $request->get_header( 'webhook_signature' ),
				(string) $request->get_body(),
				$this->connection->webhook_secrets(),
				$this->health->gateway_time()
			);
			return true;
		} catch ( \Throwable $error ) {
			return ErrorResponse::from( $error, RequestId::of( $request ) );
		}
	}

	private function receive( WP_REST_Request $request ): WP_REST_Response {
		$id      = (string) $request->get_header( 'webhook_id' );
		$webhook = RequestBody::read( $request, 'webhook' );
		$this->results->apply( $webhook->data, $id );
		return new WP_REST_Response( array( 'received' => $id ) );
	}
}
