<?php

namespace Draftkeeper\Cli;

use Closure;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\SweepClock;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageStore;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper stats` */
final class StatsCommand {
	/** @param Closure(): int $now */
	public function __construct(
		private readonly Console $console,
		private readonly JobHealthStore $health,
		private readonly SweepClock $sweep,
		private readonly UsageStore $usage,
		private readonly Closure $now,
	) {}

	/**
	 * Shows how many jobs stand where, what waits and why, and what the last days have cost.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, csv, json or yaml.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function __invoke( array $arguments, array $options ): void {
		$now  = ( $this->now )();
		$rows = array();
		foreach ( $this->health->counts() as $status => $jobs ) {
			$rows[ "jobs $status" ] = $jobs;
		}
		foreach ( $this->health->waiting() as $wait ) {
			$reason                                   = $wait['reason'] ?? 'no reason';
			$rows[ "waiting, $reason" ]               = $wait['jobs'];
			$rows[ "oldest waiting, $reason (seconds)" ] = $now - $wait['oldest'];
		}
		$rows['jobs stuck']                = $this->health->stuck();
		$rows['last sweep (seconds ago)'] = null === $this->sweep->last_run() ? null : $now - $this->sweep->last_run();
		foreach ( array( 'today' => 0, '30 days' => 29 ) as $name => $days ) {
			$totals = $this->usage->totals( UsageQuery::of( array( 'from' => (string) wp_date( 'Y-m-d', $now - $days * DAY_IN_SECONDS ) ) ) );

			$rows[ "calls, $name" ]          = $totals['attempts'];
			$rows[ "calls failed, $name" ]   = $totals['failed'];
			$rows[ "tokens, $name" ]         = (int) $totals['tokens_in'] + (int) $totals['tokens_out'];
			$rows[ "US dollars, $name" ]     = number_format( (int) $totals['cost_micros'] / 1000000, 6, '.', '' );
		}
		$table = array_map( static fn( string $name, int|string|null $value ) => array( 'name' => $name, 'value' => $value ), array_keys( $rows ), $rows );
		$this->console->table( $table, array( 'name', 'value' ), $options );
	}
}
