<?php

namespace Draftkeeper\Contract;

use WP_REST_Request;
use WP_REST_Response;
use WP_REST_Server;

defined( 'ABSPATH' ) || exit;

/**
 * Tells in the answer to `OPTIONS` what body a route takes.
 *
 * Routes name the schema of their body as `'body' => 'create_job'` and declare no `args` for it: WordPress would coerce what it finds there
 * before the contract could check it.
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
			if ( isset( $handler['body'], $data['endpoints'][ $index ] ) ) {
				$schema = Contract::schema( $handler['body'] );

				$data['endpoints'][ $index ]['args'] = self::arguments( $schema );
				$data['endpoints'][ $index ]['body'] = $schema;
			}
		}
		$response->set_data( $data );
		return $response;
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
