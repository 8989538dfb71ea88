<?php

namespace Draftkeeper\Facts;

use Draftkeeper\Facts\Problems\ContradictoryFacts;
use Draftkeeper\Facts\Problems\DirtyFacts;
use Draftkeeper\Facts\Problems\MissingFacts;

defined( 'ABSPATH' ) || exit;

/** Says what is wrong with facts before anything is sent: a model fills gaps with inventions. */
final class FactProblems {
	private const MAX_PROBLEMS = 30;

	/**
	 * @param array<string, mixed> $facts in the contract's shape; the name may be empty.
	 * @return list<array{kind: string, field: string, message: string}> in the contract's shape `fact_problem`, the gravest kind first.
	 */
	public static function of( array $facts ): array {
		$problems = array();
		foreach ( array( 'missing' => MissingFacts::in( $facts ), 'contradictory' => ContradictoryFacts::in( $facts ), 'dirty' => DirtyFacts::in( $facts ) ) as $kind => $found ) {
			foreach ( $found as $field => $message ) {
				$problems[] = array( 'kind' => $kind, 'field' => $field, 'message' => mb_substr( $message, 0, 500 ) );
			}
		}
		return array_slice( $problems, 0, self::MAX_PROBLEMS );
	}
}
