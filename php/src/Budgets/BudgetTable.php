<?php

namespace Draftkeeper\Budgets;

use Draftkeeper\Settings\TableDefinition;
use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * The table of counters: what a site, a role or a user has used and reserved in a day or a month of the site.
 *
 * Signed, because a counter that a restored back-up has set back must not refuse a release; the sweep puts it right.
 */
final class BudgetTable {
	public const VERSION = 1;

	public function __construct( private readonly wpdb $database ) {}

	public function name(): string {
		return $this->database->prefix . 'draftkeeper_budget';
	}

	public function install(): void {
		// scope: `site`, `role:editor`, `user:7`. period: `2026-02-28` or `2026-02`.
		TableDefinition::apply(
			"CREATE TABLE {$this->name()} (
			scope varchar(110) NOT NULL,
			period varchar(10) NOT NULL,
			used_requests bigint(20) NOT NULL DEFAULT 0,
			used_tokens bigint(20) NOT NULL DEFAULT 0,
			used_micros bigint(20) NOT NULL DEFAULT 0,
			reserved_requests bigint(20) NOT NULL DEFAULT 0,
			reserved_tokens bigint(20) NOT NULL DEFAULT 0,
			reserved_micros bigint(20) NOT NULL DEFAULT 0,
			PRIMARY KEY  (scope,period),
			KEY period (period)
			) ENGINE=InnoDB {$this->database->get_charset_collate()};"
		);
	}

	public function drop(): void {
		$this->database->query( $this->database->prepare( 'DROP TABLE IF EXISTS %i', $this->name() ) );
	}
}
