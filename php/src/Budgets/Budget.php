<?php

namespace Draftkeeper\Budgets;

defined( 'ABSPATH' ) || exit;

/** A budget that an administrator has set. */
final class Budget {
	/** @param array<string, int> $limits by unit; a unit that is not there is not counted. */
	private function __construct(
		public readonly string $scope,
		public readonly ?string $subject,
		public readonly string $period,
		public readonly array $limits,
	) {}

	/** @param array<string, mixed> $setting a `budget` of the contract. */
	public static function of( array $setting ): self {
		$subject = match ( $setting['scope'] ) {
			'site' => null,
			'role' => $setting['role'],
			default => null === $setting['user_id'] ? null : (string) $setting['user_id'],
		};
		return new self( $setting['scope'], $subject, $setting['period'], array_filter( array_intersect_key( $setting, array_flip( Amount::UNITS ) ), is_int( ... ) ) );
	}

	/** What it is about; no two budgets may be about the same. */
	public function name(): string {
		return "{$this->scope} {$this->subject} {$this->period}";
	}

	/** The scope of the counter that it looks at for this user. */
	public function counter_scope( Counters $counters ): string {
		return match ( $this->scope ) {
			'site' => 'site',
			'role' => "role:{$this->subject}",
			default => 'user:' . ( $this->subject ?? $counters->user_id ),
		};
	}

	/**
	 * The budgets that a user's job must fit into: a user's own ones stand in for those of each user.
	 *
	 * @param list<self> $budgets
	 * @return list<self>
	 */
	public static function for_user( array $budgets, Counters $counters ): array {
		$own = array();
		foreach ( $budgets as $budget ) {
			if ( 'user' === $budget->scope && (string) $counters->user_id === $budget->subject ) {
				$own[] = $budget->period;
			}
		}
		return array_values(
			array_filter(
				$budgets,
				static fn( self $budget ) => match ( $budget->scope ) {
					'site' => true,
					'role' => $counters->role === $budget->subject,
					default => null === $budget->subject ? ! in_array( $budget->period, $own, true ) : (string) $counters->user_id === $budget->subject,
				}
			)
		);
	}
}
