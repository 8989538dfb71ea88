<?php

namespace Draftkeeper\Gateway;

use Closure;

defined( 'ABSPATH' ) || exit;

/** Runs work when the browser has its answer, where the server can do that. */
final class AfterResponse {
	/** After WordPress's own clean-up of output buffers at 1. */
	private const SHUTDOWN_PRIORITY = 100;

	/** @var list<Closure(): void> */
	private array $tasks = array();

	public function __construct( private readonly bool $can_finish_early ) {}

	public static function of_this_server(): self {
		return new self( function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' ) );
	}

	/** Whether work put here costs the browser no time. */
	public function is_free(): bool {
		return $this->can_finish_early;
	}

	/** @param Closure(): void $task */
	public function add( Closure $task ): void {
		if ( array() === $this->tasks ) {
			add_action( 'shutdown', $this->run( ... ), self::SHUTDOWN_PRIORITY );
		}
		$this->tasks[] = $task;
	}

	public function run(): void {
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
		$tasks       = $this->tasks;
		$this->tasks = array();
		foreach ( $tasks as $task ) {
			try {
				$task();
			} catch ( \Throwable $error ) {
				error_log( sprintf( 'Draftkeeper: work after the answer failed: %s: %s in %s:%d', $error::class, $error->getMessage(), $error->getFile(), $error->getLine() ) );
			}
		}
	}
}
