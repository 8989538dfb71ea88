<?php

namespace Draftkeeper\Limits;

use Closure;
use WP_HTTP_Response;
use WP_REST_Request;
use WP_REST_Server;

defined( 'ABSPATH' ) || exit;

/**
 * Says on answers how much may still be asked for: `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10,
 * and `Retry-After` on every refusal that ends at a known time. The only place that knows the form of these headers.
 */
final class RateLimitHeaders {
	private const POLICY = 'jobs';

	/** @param Closure(): int $now */
	public function __construct(
		private readonly JobLimit $limit,
		private readonly Closure $now,
	) {}

	public function register(): void {
		add_filter( 'rest_post_dispatch', $this->add( ... ), 10, 3 );
	}

	private function add( mixed $response, WP_REST_Server $server, WP_REST_Request $request ): mixed {
		if ( ! $response instanceof WP_HTTP_Response || ! str_starts_with( strtolower( $request->get_route() ), '/draftkeeper/v1/' ) ) {
			return $response;
		}
		$data    = $response->get_data();
		$seconds = is_array( $data ) && is_array( $data['data'] ?? null ) ? ( $data['data']['retry_after'] ?? null ) : null;
		if ( $response->get_status() >= 400 && is_int( $seconds ) ) {
			$response->header( 'Retry-After', (string) $seconds );
		}
		$last = $this->limit->take_last();
		if ( null !== $last ) {
			list( $window, $rule ) = $last;

			$remaining = $window->remaining( $rule->max_jobs );
			$reset     = 0 === $remaining ? $window->opens_at( $rule->max_jobs, $rule->window_seconds ) : $window->resets_at( $rule->window_seconds );
			$response->header( 'RateLimit-Policy', sprintf( '"%s";q=%d;w=%d', self::POLICY, $rule->max_jobs, $rule->window_seconds ) );
			$response->header( 'RateLimit', sprintf( '"%s";r=%d;t=%d', self::POLICY, $remaining, max( 1, $reset - ( $this->now )() ) ) );
		}
		return $response;
	}
}
