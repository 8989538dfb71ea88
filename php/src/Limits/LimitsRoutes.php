<?php

namespace Draftkeeper\Limits;

use Closure;
use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\BudgetState;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use WP_REST_Request;
use WP_REST_Response;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** `/limits` and `/limits/users` for administrators, `/limits/mine` for everybody who is logged in. */
final class LimitsRoutes {
	private const MAX_USERS  = 20;
	private const MAX_SEARCH = 100;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly LimitSettings $settings,
		private readonly JobLimit $limit,
		private readonly Budgets $budgets,
		private readonly Closure $now,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		$may_manage = static fn( WP_REST_Request $request ) => Capability::check( $request, Capability::MANAGE );
		register_rest_route(
			'draftkeeper/v1',
			'/limits',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => $may_manage,
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->read() ),
				),
				array(
					'methods'             => 'PUT',
					'permission_callback' => $may_manage,
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->change( $request ) ),
					'body'                => 'limit_settings',
				),
				'schema' => static fn() => Contract::schema( 'limits_answer' ),
			)
		);
		register_rest_route(
			'draftkeeper/v1',
			'/limits/users',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => $may_manage,
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->users( $request ) ),
					'args'                => array(
						'search' => array(
							'description'       => __( 'Part of a login, mail address or name.', 'draftkeeper' ),
							'type'              => 'string',
							'sanitize_callback' => null,
						),
					),
				),
				'schema' => static fn() => Contract::schema( 'limit_users' ),
			)
		);
		register_rest_route(
			'draftkeeper/v1',
			'/limits/mine',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => static fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->mine() ),
				),
				'schema' => static fn() => Contract::schema( 'my_limits' ),
			)
		);
	}

	private function read(): WP_REST_Response {
		$warn_percent = $this->settings->warn_percent();
		$settings     = $this->settings->shape();
		$roles        = wp_roles()->get_names();
		return self::answer(
			array(
				'settings' => $settings,
				'locked'   => $this->settings->locked(),
				'states'   => array_map( static fn( BudgetState $state ) => $state->shape( $warn_percent, true ), $this->budgets->states() ),
				'roles'    => array_map( static fn( string $role, string $name ) => array( 'role' => $role, 'name' => translate_user_role( $name ) ), array_keys( $roles ), $roles ),
				'people'   => self::people( array( 'include' => array_filter( array_column( $settings['budgets'], 'user_id' ) ) ?: array( 0 ) ) ),
			)
		);
	}

	private function users( WP_REST_Request $request ): WP_REST_Response {
		$search = $request->get_query_params()['search'] ?? '';
		if ( ! is_string( $search ) || mb_strlen( $search ) > self::MAX_SEARCH ) {
			throw ApiError::invalid_query( array( array( 'path' => 'search', 'message' => 'must have up to ' . self::MAX_SEARCH . ' characters' ) ) );
		}
		$search = trim( $search, " *" );
		return self::answer( array( 'items' => self::people( array( 'number' => self::MAX_USERS ) + ( '' === $search ? array() : array( 'search' => "*$search*" ) ) ) ) );
	}

	/**
	 * @param array<string, mixed> $query
	 * @return list<array{id: int, name: string}>
	 */
	private static function people( array $query ): array {
		$users = get_users( $query + array( 'orderby' => 'display_name' ) );
		return array_map( static fn( WP_User $user ) => array( 'id' => $user->ID, 'name' => $user->display_name ), array_values( $users ) );
	}

	private function change( WP_REST_Request $request ): WP_REST_Response {
		$this->settings->save( RequestBody::read( $request, 'limit_settings' ) );
		return $this->read();
	}

	private function mine(): WP_REST_Response {
		$user_id      = get_current_user_id();
		$warn_percent = $this->settings->warn_percent();
		$sees_numbers = current_user_can( Capability::VIEW_USAGE ) || current_user_can( Capability::MANAGE );
		return self::answer(
			array(
				'job_limit' => $this->job_limit_of( $user_id ),
				'budgets'   => array_map(
					static fn( BudgetState $state ) => $state->shape( $warn_percent, $sees_numbers || 'user' === $state->budget->scope, $user_id ),
					$this->budgets->states_for( $user_id )
				),
			)
		);
	}

	/** @return array<string, mixed>|null */
	private function job_limit_of( int $user_id ): ?array {
		$rule = $this->limit->rule();
		if ( null === $rule ) {
			return null;
		}
		$window    = $this->limit->window( $user_id );
		$remaining = null === $window ? $rule->max_jobs : $window->remaining( $rule->max_jobs );
		return array(
			'max_jobs'       => $rule->max_jobs,
			'window_seconds' => $rule->window_seconds,
			'remaining'      => $remaining,
			'opens_at'       => null === $window || $remaining > 0 ? null : gmdate( 'Y-m-d\TH:i:s\Z', max( ( $this->now )() + 1, $window->opens_at( $rule->max_jobs, $rule->window_seconds ) ) ),
		);
	}

	/** @param array<string, mixed> $body */
	private static function answer( array $body ): WP_REST_Response {
		$response = new WP_REST_Response( $body );
		$response->header( 'Cache-Control', 'private, no-store' );
		return $response;
	}
}
