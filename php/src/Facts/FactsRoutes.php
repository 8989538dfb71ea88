<?php

namespace Draftkeeper\Facts;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Settings\Capability;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `GET /facts` and `POST /facts/check`. */
final class FactsRoutes {
	private const NAMESPACE = 'draftkeeper/v1';

	public function __construct( private readonly FactSources $sources, private readonly JobAccess $access ) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		$may_generate = static fn( WP_REST_Request $request ) => Capability::check( $request, Capability::GENERATE );
		register_rest_route(
			self::NAMESPACE,
			'/facts',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => $may_generate,
					'callback'            => fn( WP_REST_Request $request ): WP_REST_Response|WP_Error => ErrorResponse::guard( $request, fn() => $this->of_post( $request ) ),
					'query'               => array(
						'post_id' => array(
							'required'    => true,
							'description' => __( 'The post whose facts are read; the caller must be able to edit it.', 'draftkeeper' ),
							'type'        => 'integer',
							'minimum'     => 1,
						),
					),
				),
				'schema' => static fn() => Contract::schema( 'facts_answer' ),
			)
		);
		register_rest_route(
			self::NAMESPACE,
			'/facts/check',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => $may_generate,
					'callback'            => fn( WP_REST_Request $request ): WP_REST_Response|WP_Error => ErrorResponse::guard( $request, fn() => $this->check( $request ) ),
					'body'                => 'facts_check',
				),
				'schema' => static fn() => Contract::schema( 'facts_check_answer' ),
			)
		);
	}

	private function of_post( WP_REST_Request $request ): WP_REST_Response {
		$given = $request->get_query_params()['post_id'] ?? null;
		if ( ! is_string( $given ) || 1 !== preg_match( '/^[1-9][0-9]{0,17}$/D', $given ) ) {
			throw ApiError::invalid_query( array( array( 'path' => 'post_id', 'message' => 'must be the id of a post' ) ) );
		}
		$post = $this->access->may_edit_post( (int) $given ) ? get_post( (int) $given ) : null;
		if ( null === $post ) {
			throw ApiError::post_not_found();
		}
		$facts = $this->sources->of( $post );
		return new WP_REST_Response( array( 'facts' => $facts, 'problems' => null === $facts ? array() : FactProblems::of( $facts ) ) );
	}

	private function check( WP_REST_Request $request ): WP_REST_Response {
		$body = RequestBody::read( $request, 'facts_check' );
		return new WP_REST_Response( array( 'problems' => FactProblems::of( json_decode( (string) wp_json_encode( $body->facts ), true ) ) ) );
	}
}
