<?php

namespace Draftkeeper\Retention;

use Draftkeeper\Jobs\JobCache;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\Transactions;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The SQL that takes texts and jobs away when their time is over. A draft that waits for its review has no time. */
final class RetentionStore {
	public const WITHOUT_TEXTS = "request_json = '', result_json = NULL, original_text = NULL, final_text = NULL, version = version + 1";

	/** A draft is over with its review, everything else with its end. */
	private const IS_OVER = "finished_at <= %s AND ((status IN ('failed', 'canceled')) OR (status = 'succeeded' AND reviewed_at <= %s))";

	/** The next turn, as Unix seconds. */
	private const TURN_OPTION = 'draftkeeper_retention_turn';

	public function __construct(
		private readonly wpdb $database,
		private readonly JobTable $table,
		private readonly Transactions $transactions,
	) {}

	/** Takes the texts of some jobs that ended without a draft, or were reviewed, before `$before`; returns how many. */
	public function purge_texts( string $before, string $now, int $limit ): int {
		$where = 'purged_at IS NULL AND ' . $this->database->prepare( self::IS_OVER, $before, $before ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- a constant.
		$ids   = $this->ids( $where, $limit );
		if ( array() === $ids ) {
			return 0;
		}
		$set = $this->database->prepare( 'UPDATE %i SET ' . self::WITHOUT_TEXTS . ', purged_at = %s, updated_at = %s', $this->table->name(), $now, $now );
		return $this->write( "$set WHERE id IN (" . implode( ', ', $ids ) . ") AND $where" );
	}

	/** Deletes some jobs without texts whose review or end lies before `$before`; returns how many. */
	public function delete_jobs( string $before, int $limit ): int {
		$where = $this->database->prepare( 'finished_at <= %s AND purged_at IS NOT NULL AND COALESCE(reviewed_at, finished_at) <= %s', $before, $before );
		$ids   = $this->ids( $where, $limit );
		if ( array() === $ids ) {
			return 0;
		}
		return $this->write( $this->database->prepare( 'DELETE FROM %i', $this->table->name() ) . ' WHERE id IN (' . implode( ', ', $ids ) . ") AND $where" );
	}

	/** Takes the next turn when its time has come; only one of several processes gets it. */
	public function take_turn( int $now, int $pause ): bool {
		$value = (int) get_option( self::TURN_OPTION, 0 );
		if ( 0 === $value ) {
			// 1, not 0: the row must be there, and its time must have come.
			add_option( self::TURN_OPTION, '1', '', false );
		}
		if ( $value > $now ) {
			return false;
		}
		$sql  = $this->database->prepare( 'UPDATE %i SET option_value = %s WHERE option_name = %s AND option_value = %s', $this->database->options, (string) ( $now + $pause ), self::TURN_OPTION, (string) max( 1, $value ) );
		$mine = 1 === $this->transactions->write( $sql );
		wp_cache_delete( self::TURN_OPTION, 'options' );
		return $mine;
	}

	/** The work was not done in time: it goes on at the next occasion. */
	public function return_turn(): void {
		update_option( self::TURN_OPTION, '1', false );
	}

	private function write( string $sql ): int {
		$rows = $this->transactions->write( $sql );
		$this->transactions->after_commit( JobCache::all_changed( ... ) );
		return $rows;
	}

	/** @return list<int> */
	private function ids( string $where, int $limit ): array {
		$sql = $this->database->prepare( 'SELECT id FROM %i WHERE ', $this->table->name() ) . $where . $this->database->prepare( ' LIMIT %d', $limit );
		return array_map( 'intval', $this->database->get_col( $sql ) );
	}
}
