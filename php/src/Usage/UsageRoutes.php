<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use WP_Error;
use WP_HTTP_Response;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `GET /usage`, `/usage/users` and `/usage/export`. */
final class UsageRoutes {
	private const NAMESPACE = 'draftkeeper/v1';

	/** For one chunk of an export; a slow reader may take longer over the whole. */
	private const CHUNK_TIME_LIMIT_SECONDS = 60;

	public function __construct( private readonly UsageStore $usage, private readonly UsageCsv $csv ) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
		add_filter( 'rest_pre_serve_request', $this->serve_export( ... ), 10, 3 );
	}

	private function add_routes(): void {
		$may_view = static fn( WP_REST_Request $request ) => Capability::check( $request, Capability::VIEW_USAGE );
		foreach ( array( '/usage' => 'list', '/usage/users' => 'users', '/usage/export' => 'export' ) as $route => $answer ) {
			register_rest_route(
				self::NAMESPACE,
				$route,
				array(
					array(
						'methods'             => 'GET',
						'permission_callback' => $may_view,
						'callback'            => fn( WP_REST_Request $request ): WP_REST_Response|WP_Error => ErrorResponse::guard( $request, fn() => $this->$answer( $request ) ),
					),
					'schema' => 'export' === $answer ? null : static fn() => Contract::schema( "usage_$answer" ),
				)
			);
		}
	}

	private function list( WP_REST_Request $request ): WP_REST_Response {
		$query  = UsageQuery::of( $request->get_query_params() );
		$totals = $this->usage->totals( $query );
		$answer = new WP_REST_Response(
			array(
				'items'       => UsageRows::shape( $this->usage->page( $query ) ),
				'totals'      => $totals,
				'total_items' => $totals['attempts'],
				'total_pages' => (int) ceil( $totals['attempts'] / $query->per_page ),
			)
		);
		$answer->header( 'Cache-Control', 'private, no-store' );
		return $answer;
	}

	private function users( WP_REST_Request $request ): WP_REST_Response {
		return new WP_REST_Response( array( 'items' => UsageRows::people( $this->usage->user_ids() ) ) );
	}

	private function export( WP_REST_Request $request ): WP_REST_Response {
		$query = UsageQuery::of( $request->get_query_params() );
		$name  = UsageCsv::file_name( $query, (string) wp_parse_url( home_url(), PHP_URL_HOST ) );
		return new WP_REST_Response(
			null,
			200,
			array(
				'Content-Type'        => 'text/csv; charset=utf-8',
				'Content-Disposition' => "attachment; filename=\"$name\"",
				'Cache-Control'       => 'private, no-store',
				'X-Accel-Buffering'   => 'no',
			)
		);
	}

	/** The body is written here, past WordPress's JSON: it can be larger than memory. */
	private function serve_export( mixed $is_served, mixed $response, WP_REST_Request $request ): mixed {
		if ( $is_served || ! $response instanceof WP_HTTP_Response || 200 !== $response->get_status() || '/draftkeeper/v1/usage/export' !== $request->get_route() ) {
			return $is_served;
		}
		if ( 'GET' !== $request->get_method() ) {
			return true;
		}
		while ( ob_get_level() > 0 && ob_end_clean() ) {
			continue;
		}
		$this->csv->write( UsageQuery::of( $request->get_query_params() ), self::send( ... ) );
		return true;
	}

	private static function send( string $csv ): void {
		// A host may forbid it; then its own limit stands.
		if ( function_exists( 'set_time_limit' ) ) {
			set_time_limit( self::CHUNK_TIME_LIMIT_SECONDS );
		}
		echo $csv;
		flush();
	}
}
