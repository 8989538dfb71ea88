<?php

namespace Draftkeeper\Settings;

use Closure;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Health\Level;
use Draftkeeper\Health\SecretsCheck;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `/settings` for administrators, `/settings/keys` for new keys, `/settings/test` for a look at the connection, which brings the models along. */
final class SettingsRoutes {
	/**
	 * @param Closure(): \Draftkeeper\Health\Checks        $checks
	 * @param Closure(): \Draftkeeper\Models\ModelRefresh $models
	 */
	public function __construct(
		private readonly SiteSettings $settings,
		private readonly SecretsCheck $secrets,
		private readonly KeyAge $age,
		private readonly Closure $checks,
		private readonly Closure $models,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		$route = static fn( string $method, Closure $work, ?string $body = null ) => array(
			'methods'             => $method,
			'permission_callback' => static fn( WP_REST_Request $request ) => Capability::check( $request, Capability::MANAGE ),
			'callback'            => static fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, static fn() => self::answer( $work( $request ) ) ),
		) + ( null === $body ? array() : array( 'body' => $body ) );

		register_rest_route(
			'draftkeeper/v1',
			'/settings',
			array(
				$route( 'GET', fn() => $this->read() ),
				$route( 'PUT', $this->change( ... ), 'settings' ),
				'schema' => static fn() => Contract::schema( 'settings_answer' ),
			)
		);
		register_rest_route(
			'draftkeeper/v1',
			'/settings/keys',
			array( $route( 'POST', $this->make_keys( ... ), 'create_keys' ), 'schema' => static fn() => Contract::schema( 'new_keys' ) )
		);
		register_rest_route(
			'draftkeeper/v1',
			'/settings/test',
			array( $route( 'GET', fn() => $this->test() ), 'schema' => static fn() => Contract::schema( 'connection_test' ) )
		);
	}

	/** @return array<string, mixed> */
	private function read(): array {
		$this->age->note();
		$locked = $this->settings->locked();
		return array(
			'settings'          => $this->settings->shape(),
			'locked'            => array_map( static fn( string $name, string $constant ) => array( 'setting' => $name, 'constant' => $constant ), array_keys( $locked ), $locked ),
			'secrets'           => $this->secrets->states(),
			'suggested_site_id' => SiteName::suggested(),
		);
	}

	/** @return array<string, mixed> */
	private function change( WP_REST_Request $request ): array {
		$this->settings->save( RequestBody::read( $request, 'settings' ) );
		return $this->read();
	}

	/** @return array<string, string> */
	private function make_keys( WP_REST_Request $request ): array {
		$body     = RequestBody::read( $request, 'create_keys' );
		$url      = rtrim( trim( $body->gateway_url ), '/' );
		$problems = array_filter( array( 'gateway_url' => GatewayAddress::problem( $url ), 'site_id' => SiteName::problem( trim( $body->site_id ) ) ) );
		if ( array() !== $problems ) {
			throw ApiError::invalid_body( array_map( static fn( string $path, string $message ) => array( 'path' => $path, 'message' => $message ), array_keys( $problems ), $problems ) );
		}
		$keys = NewKeys::make( trim( $body->site_id ) );
		return array(
			'key_id'              => $keys->key_id,
			'config_lines'        => $keys->config_lines( $url ),
			'gateway_site'        => $keys->gateway_site(),
			'gateway_environment' => $keys->gateway_environment(),
		);
	}

	/** @return array<string, mixed> */
	private function test(): array {
		$checks   = ( $this->checks )();
		$findings = array();
		// The gateway first: its answer teaches this site how far the clocks are apart.
		foreach ( array_intersect_key( $checks->local(), array( 'secrets' => true ) ) + $checks->remote() + array_intersect_key( $checks->local(), array( 'clock' => true ) ) as $name => $check ) {
			$finding = $check();
			if ( null !== $finding ) {
				$findings[] = array( 'check' => $name, 'level' => $finding->level->value, 'label' => $finding->label, 'text' => $finding->text, 'next' => $finding->next );
			}
		}
		if ( in_array( array( 'gateway', Level::Good->value ), array_map( static fn( array $finding ) => array( $finding['check'], $finding['level'] ), $findings ), true ) ) {
			( $this->models )()->ask();
		}
		return array( 'findings' => $findings );
	}

	/** @param array<string, mixed> $body */
	private static function answer( array $body ): WP_REST_Response {
		$response = new WP_REST_Response( $body );
		$response->header( 'Cache-Control', 'private, no-store' );
		return $response;
	}
}
