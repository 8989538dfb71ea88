<?php

namespace Draftkeeper\Contract;

use WP_REST_Request;
use WP_REST_Response;
use WP_REST_Server;

defined( 'ABSPATH' ) || exit;

/**
 * Tells in the answer to `OPTIONS` what a route takes in its body, its path and its query.
 *
 * Routes name the schema of their body as `'body' => 'create_job'`, and what they need in the query as `'query'`, and declare no `args` for
 * it: WordPress would coerce what it finds there, or refuse it under a code of its own, before the contract could check it.
 */
final class BodyDescription {
	public function register(): void {
		add_filter( 'rest_post_dispatch', $this->describe( ... ), 10, 3 );
	}

	private function describe( mixed $response, WP_REST_Server $server, WP_REST_Request $request ): mixed {
		if ( 'OPTIONS' !== $request->get_method() || ! $response instanceof WP_REST_Response || ! str_starts_with( $request->get_route(), '/draftkeeper/v1/' ) ) {
			return $response;
		}
		$data     = $response->get_data();
		$handlers = $server->get_routes( 'draftkeeper/v1' )[ $response->get_matched_route() ] ?? array();
		// WordPress describes the handlers in their order and leaves hidden ones out.
		foreach ( array_values( array_filter( $handlers, static fn( array $handler ) => (bool) ( $handler['show_in_index'] ?? false ) ) ) as $index => $handler ) {
			if ( ! isset( $data['endpoints'][ $index ] ) ) {
				continue;
			}
			if ( isset( $handler['body'] ) ) {
				$schema = Contract::schema( $handler['body'] );

				$data['endpoints'][ $index ]['args'] = self::arguments( $schema );
				$data['endpoints'][ $index ]['body'] = $schema;
			}
			$others = self::in_path( (string) $response->get_matched_route() ) + ( $handler['query'] ?? array() );
			if ( array() !== $others ) {
				$data['endpoints'][ $index ]['args'] = $others + (array) $data['endpoints'][ $index ]['args'];
			}
		}
		$response->set_data( $data );
		return $response;
	}

	/** @return array<string, array<string, mixed>> what stands in the address itself. */
	private static function in_path( string $route ): array {
		return str_contains( $route, '(?P<uuid>' ) ? array(
			'uuid' => array(
				'required'    => true,
				'description' => __( 'The id of the job.', 'draftkeeper' ),
				'type'        => 'string',
				'format'      => 'uuid',
			),
		) : array();
	}

	/**
	 * As WordPress describes arguments: `required` says whether this one is, and hides what an object requires inside; `body` tells that.
	 *
	 * @param array<string, mixed> $schema
	 * @return array<string, array<string, mixed>>
	 */
	private static function arguments( array $schema ): array {
		$arguments = array();
		foreach ( $schema['properties'] as $name => $property ) {
			$arguments[ $name ] = array( 'required' => in_array( $name, $schema['required'] ?? array(), true ) ) + $property;
		}
		return $arguments;
	}
}
