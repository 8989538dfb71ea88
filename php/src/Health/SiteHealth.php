<?php

namespace Draftkeeper\Health;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\RequestId;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** Shows the checks in Tools → Site Health. Those that send requests are fetched by the browser, so that no page waits for them. */
final class SiteHealth {
	/** @param Closure(): Checks $checks */
	public function __construct( private readonly Closure $checks, private readonly Connection $connection ) {}

	public function register(): void {
		add_filter( 'site_status_tests', $this->add_tests( ... ) );
		add_filter( 'debug_information', $this->add_information( ... ) );
		add_action( 'rest_api_init', $this->add_routes( ... ) );
		LoopCheck::register();
	}

	/**
	 * @param array<string, array<string, mixed>> $tests
	 * @return array<string, array<string, mixed>>
	 */
	private function add_tests( array $tests ): array {
		$checks = ( $this->checks )();
		foreach ( $checks->local() as $name => $check ) {
			$tests['direct'][ "draftkeeper_$name" ] = array(
				'label' => __( 'Draftkeeper', 'draftkeeper' ),
				'test'  => static fn() => self::result( $name, $check() ),
			);
		}
		foreach ( $checks->remote() as $name => $check ) {
			$tests['async'][ "draftkeeper_$name" ] = array(
				'label'             => __( 'Draftkeeper', 'draftkeeper' ),
				'test'              => rest_url( "draftkeeper/v1/health/$name" ),
				'has_rest'          => true,
				'async_direct_test' => static fn() => self::result( $name, $check() ),
			);
		}
		return $tests;
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/health/(?P<check>[a-z_]+)',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => static fn( WP_REST_Request $request ) => current_user_can( 'view_site_health_checks' ) ? true
						: ErrorResponse::from( is_user_logged_in() ? ApiError::forbidden() : ApiError::unauthenticated(), RequestId::of( $request ) ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->run( $request ) ),
					'query'               => array(
						'check' => array(
							'required'    => true,
							'description' => __( 'The check that is run.', 'draftkeeper' ),
							'type'        => 'string',
							'enum'        => Checks::REMOTE,
						),
					),
				),
				'schema' => self::schema( ... ),
			)
		);
	}

	private function run( WP_REST_Request $request ): WP_REST_Response {
		$name  = (string) ( $request->get_url_params()['check'] ?? '' );
		$check = ( $this->checks )()->remote()[ $name ] ?? throw ApiError::invalid_query( array( array( 'path' => 'check', 'message' => 'is not known here' ) ) );
		return new WP_REST_Response( self::result( $name, $check() ) );
	}

	/** @return array<string, mixed> of what `result()` gives. */
	private static function schema(): array {
		$text = array( 'type' => 'string' );
		return array(
			'type'       => 'object',
			'properties' => array(
				'label'       => $text,
				'status'      => array( 'type' => 'string', 'enum' => array_column( Level::cases(), 'value' ) ),
				'badge'       => array( 'type' => 'object', 'properties' => array( 'label' => $text, 'color' => $text ) ),
				'description' => $text,
				'actions'     => $text,
				'test'        => $text,
			),
		);
	}

	/** @return array<string, mixed> as Site Health wants it. */
	private static function result( string $name, ?Finding $finding ): array {
		$finding ??= Finding::good( __( 'Draftkeeper has nothing to check here', 'draftkeeper' ), __( 'This check begins when the site is connected.', 'draftkeeper' ) );
		return array(
			'label'       => $finding->label,
			'status'      => $finding->level->value,
			'badge'       => array( 'label' => __( 'Draftkeeper', 'draftkeeper' ), 'color' => 'blue' ),
			'description' => '<p>' . esc_html( $finding->text ) . '</p>',
			'actions'     => '' === $finding->next ? '' : '<p>' . esc_html( $finding->next ) . '</p>',
			'test'        => "draftkeeper_$name",
		);
	}

	/**
	 * @param array<string, array<string, mixed>> $information
	 * @return array<string, array<string, mixed>> never a key or a secret.
	 */
	private function add_information( array $information ): array {
		$fields = array(
			'version'     => array( __( 'Version', 'draftkeeper' ), DRAFTKEEPER_VERSION ),
			'state'       => array( __( 'State', 'draftkeeper' ), $this->connection->state() ),
			'gateway_url' => array( __( 'Gateway', 'draftkeeper' ), $this->connection->gateway_origin() ),
			'site_id'     => array( __( 'Site id', 'draftkeeper' ), $this->connection->site_id() ),
			'key_id'      => array( __( 'Key id', 'draftkeeper' ), $this->connection->key_id() ),
			'secrets'     => array( __( 'Webhook secrets', 'draftkeeper' ), (string) count( $this->connection->webhook_secrets() ) ),
			'cron'        => array( __( 'Sweep by', 'draftkeeper' ), SweepSchedule::runner() ),
			'cache'       => array( __( 'Persistent object cache', 'draftkeeper' ), wp_using_ext_object_cache() ? 'yes' : 'no' ),
		);
		foreach ( ( $this->checks )()->local() as $name => $check ) {
			$fields[ "check_$name" ] = array( $name, $check()->text ?? '' );
		}
		$information['draftkeeper'] = array(
			'label'  => __( 'Draftkeeper', 'draftkeeper' ),
			'fields' => array_map( static fn( array $field ) => array( 'label' => $field[0], 'value' => $field[1] ), $fields ),
		);
		return $information;
	}
}
