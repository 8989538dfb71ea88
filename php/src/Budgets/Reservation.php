<?php

namespace Draftkeeper\Budgets;

defined( 'ABSPATH' ) || exit;

/** What one job holds of the budgets, and where. */
final class Reservation {
	public function __construct( public readonly Counters $counters, public readonly Amount $amount ) {}

	/**
	 * The columns of a job that keep it.
	 *
	 * @return array<string, string|int>
	 */
	public function columns(): array {
		return array(
			'reserved_requests' => $this->amount->requests,
			'reserved_tokens'   => $this->amount->tokens,
			'reserved_micros'   => $this->amount->micros,
			'reserved_window'   => $this->counters->day,
			'reserved_role'     => $this->counters->role,
		);
	}
}
