<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Settings\TableDefinition;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The books by day: sums of the log, kept in its transactions and recomputable from it. What is unknown counts as nothing. */
final class UsageDailyTable {
	public const VERSION = 1;

	public function __construct( private readonly wpdb $database ) {}

	public function name(): string {
		return $this->database->prefix . 'draftkeeper_usage_daily';
	}

	public function install(): void {
		TableDefinition::apply(
			"CREATE TABLE {$this->name()} (
			day date NOT NULL,
			user_id bigint(20) unsigned NOT NULL,
			status varchar(20) NOT NULL,
			cached tinyint(1) unsigned NOT NULL,
			task varchar(40) NOT NULL,
			provider varchar(100) NOT NULL,
			model varchar(100) NOT NULL,
			attempts bigint(20) unsigned NOT NULL,
			tokens_in bigint(20) unsigned NOT NULL,
			tokens_out bigint(20) unsigned NOT NULL,
			cost_micros bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (day,user_id,status,cached,task,provider,model),
			KEY user_id_day (user_id,day)
			) ENGINE=InnoDB {$this->database->get_charset_collate()};"
		);
	}

	public function drop(): void {
		$this->database->query( $this->database->prepare( 'DROP TABLE IF EXISTS %i', $this->name() ) );
	}
}
