<?php

namespace Draftkeeper\Gateway;

use Closure;
use Draftkeeper\Errors\Log;

defined( 'ABSPATH' ) || exit;

/** Runs work when the browser has its answer, where the server can do that. */
final class AfterResponse {
	/** After WordPress's own clean-up of output buffers at 1. */
	private const SHUTDOWN_PRIORITY = 100;

	public function __construct( private readonly bool $can_finish_early ) {}

	public static function of_this_server(): self {
		return new self( function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' ) );
	}

	/** Whether work put here costs the browser no time. Never for a site of the network that is only switched to: it is another one by then. */
	public function is_free(): bool {
		return $this->can_finish_early && ! ( is_multisite() && ms_is_switched() );
	}

	/** @param Closure(): mixed $task */
	public function add( Closure $task ): void {
		$site_id = get_current_blog_id();
		add_action( 'shutdown', fn() => $this->run( $task, $site_id ), self::SHUTDOWN_PRIORITY );
	}

	/** @param Closure(): mixed $task */
	private function run( Closure $task, int $site_id ): void {
		// Both may be called again; the answer is out after the first time.
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
		// Somebody may have switched to another site of the network and not back, and jobs there have the same numbers.
		$is_elsewhere = get_current_blog_id() !== $site_id;
		if ( $is_elsewhere ) {
			switch_to_blog( $site_id );
		}
		try {
			$task();
		} catch ( \Throwable $error ) {
			Log::error( 'work after the answer failed', $error );
		}
		if ( $is_elsewhere ) {
			restore_current_blog();
		}
	}
}
