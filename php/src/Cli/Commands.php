<?php

namespace Draftkeeper\Cli;

use Closure;
use Draftkeeper\Health\Checks;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\SweepClock;
use Draftkeeper\Usage\AttemptStore;
use Draftkeeper\Usage\UsageStore;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** Makes `wp draftkeeper …` known to WP-CLI. */
final class Commands {
	/**
	 * @param Closure(): \Draftkeeper\Jobs\JobRequests $requests
	 * @param Closure(): int                            $now
	 */
	public function __construct(
		private readonly Console $console,
		private readonly JobStore $jobs,
		private readonly JobListStore $list,
		private readonly JobHealthStore $health,
		private readonly SweepClock $sweep,
		private readonly UsageStore $usage,
		private readonly AttemptStore $attempts,
		private readonly Checks $checks,
		private readonly Closure $requests,
		private readonly Closure $now,
	) {}

	public function register(): void {
		WP_CLI::add_command( 'draftkeeper', CommandNamespace::class );
		foreach ( $this->all() as $name => $command ) {
			WP_CLI::add_command( "draftkeeper $name", $command );
		}
	}

	/** @return array<string, object> by name. */
	public function all(): array {
		return array(
			'connect' => new ConnectCommand( $this->console ),
			'jobs'    => new JobsCommand( $this->console, $this->jobs, $this->list, $this->requests ),
			'sweep'   => new SweepCommand( $this->console, $this->health ),
			'stats'   => new StatsCommand( $this->console, $this->health, $this->sweep, $this->usage, $this->now ),
			'trace'   => new TraceCommand( $this->console, $this->jobs, $this->health, $this->attempts ),
			'doctor'  => new DoctorCommand( $this->console, $this->checks ),
		);
	}
}
