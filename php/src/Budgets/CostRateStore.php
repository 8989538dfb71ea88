<?php

namespace Draftkeeper\Budgets;

use Closure;
use Draftkeeper\Usage\UsageDailyTable;
use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * What a token of each model has cost this site of late, out of the books: the only prices WordPress knows. The gateway has the right
 * ones; this is for reservations, which are settled by what the gateway reports.
 */
final class CostRateStore {
	private const OPTION = 'draftkeeper_cost_rates';

	private const RECENT_DAYS     = 30;
	private const REFRESH_SECONDS = 600;

	/** Thousand dollars for a million tokens. Whatever the books say, a reservation does not reckon with more. */
	private const MAX_MICROS_PER_TOKEN = 1000.0;

	/** @param Closure(): int $now */
	public function __construct( private readonly wpdb $database, private readonly UsageDailyTable $daily, private readonly Closure $now ) {}

	/** Millionths of a dollar for a token; of a model that has not cost anything yet, and of none, what all have cost together. */
	public function micros_per_token( ?string $model ): float {
		$rates = get_option( self::OPTION, array() );
		$rates = is_array( $rates ) && is_array( $rates['rates'] ?? null ) ? $rates['rates'] : array();
		return max( 0.0, min( self::MAX_MICROS_PER_TOKEN, (float) ( $rates[ $model ?? '' ] ?? $rates[''] ?? 0 ) ) );
	}

	/** Reads the books again, every ten minutes. */
	public function refresh(): void {
		$now    = ( $this->now )();
		$stored = get_option( self::OPTION, array() );
		if ( is_array( $stored ) && (int) ( $stored['at'] ?? 0 ) > $now - self::REFRESH_SECONDS && (int) $stored['at'] <= $now ) {
			return;
		}
		$sql   = $this->database->prepare(
			'SELECT model, SUM(tokens_in) + SUM(tokens_out) AS tokens, SUM(cost_micros) AS micros FROM %i WHERE day >= %s AND cost_micros > 0 GROUP BY model',
			$this->daily->name(),
			wp_date( 'Y-m-d', $now - self::RECENT_DAYS * 86400 )
		);
		$sums  = array();
		$total = array( 0, 0 );
		foreach ( $this->database->get_results( $sql, ARRAY_A ) ?: array() as $row ) {
			$sums[ (string) $row['model'] ] = array( (int) $row['micros'], (int) $row['tokens'] );
			$total                          = array( $total[0] + (int) $row['micros'], $total[1] + (int) $row['tokens'] );
		}
		$sums[''] = $total;
		$rates    = array_map( static fn( array $sum ) => $sum[0] / $sum[1], array_filter( $sums, static fn( array $sum ) => $sum[1] > 0 ) );
		update_option( self::OPTION, array( 'at' => $now, 'rates' => $rates ), true );
	}
}
