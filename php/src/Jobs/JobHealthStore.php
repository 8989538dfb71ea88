<?php

namespace Draftkeeper\Jobs;

use Closure;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** How the jobs of this site stand as a whole; cheap enough for a page, by index only. */
final class JobHealthStore {
	/** A job that nobody has dealt with for so long after its lease shows that the sweep does not run. */
	public const STUCK_SECONDS = 300;

	/** Of so many last results of a day some must have come by a webhook, if there are enough to tell. */
	private const RECENT_RESULTS = 20;
	private const ENOUGH_RESULTS = 3;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly wpdb $database,
		private readonly JobTable $table,
		private readonly Closure $now,
	) {}

	/** @return list<array{reason: ?string, jobs: int, oldest: int}> jobs that the gateway has not taken yet, by reason; oldest in Unix seconds. */
	public function waiting(): array {
		$rows = $this->database->get_results(
			$this->database->prepare( "SELECT wait_reason, COUNT(*) AS jobs, MIN(created_at) AS oldest FROM %i WHERE status = 'pending' GROUP BY wait_reason ORDER BY oldest", $this->table->name() ),
			ARRAY_A
		) ?: array();
		return array_map(
			static fn( array $row ) => array(
				'reason' => $row['wait_reason'],
				'jobs'   => (int) $row['jobs'],
				'oldest' => (int) strtotime( "{$row['oldest']} UTC" ),
			),
			$rows
		);
	}

	public function stuck(): int {
		return (int) $this->database->get_var(
			$this->database->prepare(
				"SELECT COUNT(*) FROM %i WHERE status IN ('pending', 'running') AND lease_until <= %s",
				$this->table->name(),
				gmdate( 'Y-m-d H:i:s', ( $this->now )() - self::STUCK_SECONDS )
			)
		);
	}

	/** @return array<string, int> jobs by status; reads an index from end to end, so not for a page. */
	public function counts(): array {
		$rows   = $this->database->get_results( $this->database->prepare( 'SELECT status, COUNT(*) AS jobs FROM %i GROUP BY status', $this->table->name() ), ARRAY_A ) ?: array();
		$counts = array_fill_keys( JobQuery::statuses(), 0 );
		foreach ( $rows as $row ) {
			$counts[ (string) $row['status'] ] = (int) $row['jobs'];
		}
		return $counts;
	}

	/** Whether the gateway's webhooks have brought any of the last results; null where there are too few to tell. */
	public function has_deliveries(): ?bool {
		$came_by = $this->database->get_col(
			$this->database->prepare(
				"SELECT COALESCE(applied_webhook_id, '') FROM %i WHERE status = 'succeeded' AND finished_at > %s ORDER BY finished_at DESC LIMIT %d",
				$this->table->name(),
				gmdate( 'Y-m-d H:i:s', ( $this->now )() - DAY_IN_SECONDS ),
				self::RECENT_RESULTS
			)
		);
		return array() !== array_filter( $came_by ) ? true : ( count( $came_by ) < self::ENOUGH_RESULTS ? null : false );
	}

	/** @return list<string> ids of the jobs of one request, oldest first. */
	public function of_request( string $request_id ): array {
		$sql = $this->database->prepare( 'SELECT uuid FROM %i WHERE request_id = %s OR uuid = %s ORDER BY id LIMIT 100', $this->table->name(), $request_id, $request_id );
		return array_map( 'strval', array_column( $this->database->get_results( $sql, ARRAY_A ) ?: array(), 'uuid' ) );
	}
}
