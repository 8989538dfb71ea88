<?php

namespace Draftkeeper\Budgets;

use DateTimeImmutable;

defined( 'ABSPATH' ) || exit;

/** Where a job counts: for the site, the role and the user who asked, on the day and in the month of the site when it was asked for. */
final class Counters {
	private const NO_ROLE = 'none';

	public function __construct( public readonly int $user_id, public readonly string $role, public readonly string $day ) {}

	public static function of_user( int $user_id, int $now ): self {
		$user = get_userdata( $user_id );
		// Not by wp_date(), which writes for people: slower, and in the calendar of whatever plugin filters it.
		$day = ( new DateTimeImmutable( "@$now" ) )->setTimezone( wp_timezone() )->format( 'Y-m-d' );
		return new self( $user_id, false === $user ? self::NO_ROLE : (string) ( array_values( $user->roles )[0] ?? self::NO_ROLE ), $day );
	}

	/**
	 * Every scope and period, in the order in which everybody locks them.
	 *
	 * @return list<array{string, string}>
	 */
	public function keys(): array {
		$keys = array();
		foreach ( array( 'site', "role:{$this->role}", "user:{$this->user_id}" ) as $scope ) {
			$keys[] = array( $scope, $this->day );
			$keys[] = array( $scope, substr( $this->day, 0, 7 ) );
		}
		return $keys;
	}

	public function period( string $kind ): string {
		return 'day' === $kind ? $this->day : substr( $this->day, 0, 7 );
	}
}
