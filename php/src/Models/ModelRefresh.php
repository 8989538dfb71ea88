<?php

namespace Draftkeeper\Models;

use Closure;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** Asks the gateway for its models, after the sweep has done its work. */
final class ModelRefresh {
	private const AFTER_THE_SWEEP = 20;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly ModelCatalogue $models,
		private readonly GatewayClient $gateway,
		private readonly Connection $connection,
		private readonly Closure $now,
	) {}

	public function register(): void {
		add_action( SweepSchedule::HOOK, $this->run( ... ), self::AFTER_THE_SWEEP );
	}

	public function run(): void {
		if ( 'ready' === $this->connection->state() && $this->models->is_due( ( $this->now )() ) ) {
			$this->ask();
		}
	}

	/** At once, for somebody who has just changed something there. */
	public function ask(): void {
		$reply = $this->gateway->models( GatewayClient::SWEEP_TIMEOUT_SECONDS );
		$this->models->keep( 200 === $reply->status ? $reply->fitting( 'model_list' ) : null, ( $this->now )() );
	}
}
