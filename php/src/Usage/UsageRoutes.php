<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Capability;
use WP_Error;
use WP_HTTP_Response;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `GET /usage`, `/usage/choices` and `/usage/export`. */
final class UsageRoutes {
	private const NAMESPACE = 'draftkeeper/v1';

	/** For one chunk of an export; a slow reader may take longer over the whole. */
	private const CHUNK_TIME_LIMIT_SECONDS = 60;

	public function __construct( private readonly UsageStore $usage, private readonly UsageListStore $list, private readonly ModelCatalogue $catalogue, private readonly UsageCsv $csv ) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
		add_filter( 'rest_pre_serve_request', $this->serve_export( ... ), 10, 3 );
	}

	private function add_routes(): void {
		$may_view = static fn( WP_REST_Request $request ) => Capability::check( $request, Capability::VIEW_USAGE );
		$routes   = array( '/usage' => array( 'list', UsageArguments::list() ), '/usage/choices' => array( 'choices', array() ), '/usage/export' => array( 'export', UsageArguments::filters() ) );
		foreach ( $routes as $route => list( $answer, $arguments ) ) {
			register_rest_route(
				self::NAMESPACE,
				$route,
				array(
					array(
						'methods'             => 'GET',
						'permission_callback' => $may_view,
						'callback'            => fn( WP_REST_Request $request ): WP_REST_Response|WP_Error => ErrorResponse::guard( $request, fn() => $this->$answer( $request ) ),
						'args'                => $arguments,
					),
					'schema' => 'export' === $answer ? null : static fn() => Contract::schema( "usage_$answer" ),
				)
			);
		}
	}

	private function list( WP_REST_Request $request ): WP_REST_Response {
		$query = UsageQuery::of( $request->get_query_params() );
		// All of the filter is summed up once, beside its first page; another order must know each time how much there is.
		$totals   = null === $query->after || ! $query->is_by_time() ? $this->usage->totals( $query ) : null;
		$sortable = null === $totals || $totals['attempts'] <= UsageListStore::MAX_SORTED;
		if ( ! $sortable && ! $query->is_by_time() ) {
			throw new ApiError(
				ErrorCode::TooManyToSort,
				400,
				/* translators: %s: a number of calls. */
				sprintf( __( 'Only up to %s calls can be put in this order. Narrow the filters down, or ask for the order of time.', 'draftkeeper' ), number_format_i18n( UsageListStore::MAX_SORTED ) )
			);
		}
		$rows   = $this->list->page( $query, $query->per_page + 1 );
		$page   = array_slice( $rows, 0, $query->per_page );
		$answer = new WP_REST_Response(
			array(
				'items'       => UsageRows::shape( $page ),
				'next_cursor' => count( $rows ) > count( $page ) ? $query->cursor( $page[ count( $page ) - 1 ] ) : null,
				'totals'      => null === $query->after && null !== $totals ? $totals + array( 'sortable' => $sortable ) : null,
			)
		);
		$answer->header( 'Cache-Control', 'private, no-store' );
		return $answer;
	}

	private function choices( WP_REST_Request $request ): WP_REST_Response {
		$models = array_unique( array( ...$this->usage->models(), ...array_column( $this->catalogue->choices(), 'id' ) ) );
		sort( $models, SORT_NATURAL | SORT_FLAG_CASE );
		return new WP_REST_Response( array( 'users' => UsageRows::people( $this->usage->user_ids() ), 'models' => $models ) );
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
