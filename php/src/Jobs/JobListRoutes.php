<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\RequestId;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `GET /jobs`: `?open_for=` for the editor of a post, `?ids=` for jobs one knows, anything else is a filter. */
final class JobListRoutes {
	private const MAX_OPEN = 20;
	private const MAX_IDS  = 50;

	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobList $list,
		private readonly JobAccess $access,
		private readonly JobAnswer $answer,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/jobs',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->list( $request ) ),
					'args'                => JobListArguments::all( self::MAX_OPEN, self::MAX_IDS ),
				),
			)
		);
	}

	private function list( WP_REST_Request $request ): WP_REST_Response {
		$given = array_filter( $request->get_query_params(), static fn( string|int $name ) => '_' !== ( (string) $name )[0] && 'rest_route' !== $name, ARRAY_FILTER_USE_KEY );

		foreach ( array( 'open_for' => $this->open_for( ... ), 'ids' => $this->named( ... ) ) as $name => $answer ) {
			if ( ! isset( $given[ $name ] ) ) {
				continue;
			}
			if ( count( $given ) > 1 ) {
				throw ApiError::invalid_query( array( array( 'path' => $name, 'message' => 'must stand alone' ) ) );
			}
			return self::answer( $this->answer->shape_all( $answer( $given[ $name ] ) ), null );
		}
		$query                = JobQuery::of( $given );
		list( $jobs, $next ) = $this->list->page( $query );
		return self::answer( $this->answer->shape_all( $jobs, false ), $next );
	}

	/** @return list<Job> */
	private function open_for( mixed $post_id ): array {
		if ( ! is_string( $post_id ) || 1 !== preg_match( '/^[1-9][0-9]{0,17}$/D', $post_id ) ) {
			throw ApiError::invalid_query( array( array( 'path' => 'open_for', 'message' => 'must be the number of a post' ) ) );
		}
		return array_values( array_filter( $this->jobs->find_for_post( (int) $post_id, self::MAX_OPEN ), $this->access->may_see( ... ) ) );
	}

	/** @return list<Job> */
	private function named( mixed $ids ): array {
		$uuids = is_string( $ids ) ? array_values( array_unique( explode( ',', $ids ) ) ) : array();
		if ( array() === $uuids || count( $uuids ) > self::MAX_IDS || array() !== array_filter( $uuids, static fn( string $uuid ) => ! RequestId::is_uuid( $uuid ) ) ) {
			throw ApiError::invalid_query( array( array( 'path' => 'ids', 'message' => 'must be 1 to ' . self::MAX_IDS . ' ids of jobs, separated by commas' ) ) );
		}
		return $this->list->named( $uuids );
	}

	/** @param list<array<string, mixed>> $items */
	private static function answer( array $items, ?string $next_cursor ): WP_REST_Response {
		$response = new WP_REST_Response( array( 'items' => $items, 'next_cursor' => $next_cursor ) );
		$response->header( 'Cache-Control', 'private, max-age=0' );
		return $response;
	}
}
