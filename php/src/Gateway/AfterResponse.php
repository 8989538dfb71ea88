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
		add_action( 'shutdown', fn() => $this->run( $task ), self::SHUTDOWN_PRIORITY );
	}

	/** @param Closure(): mixed $task */
	private function run( Closure $task ): void {
		// Both may be called again; the answer is out after the first time.
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
		try {
			$task();
		} catch ( \Throwable $error ) {
			Log::error( 'work after the answer failed', $error );
		}
	}
}
