<?php

namespace Draftkeeper\Usage;

use wpdb;

defined( 'ABSPATH' ) || exit;

/** The calls of one job, for whoever traces it. */
final class AttemptStore {
	public function __construct( private readonly wpdb $database, private readonly UsageTable $table ) {}

	/** @return list<array<string, ?string>> in their order. */
	public function of_job( int $job_id ): array {
		$sql = 'SELECT attempt, provider, model, status, error_code, tokens_in, tokens_out, cost_micros, queue_ms, provider_ms, created_at FROM %i WHERE job_id = %d ORDER BY attempt';
		return $this->database->get_results( $this->database->prepare( $sql, $this->table->name(), $job_id ), ARRAY_A ) ?: array();
	}
}
