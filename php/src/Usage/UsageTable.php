<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Settings\OldKeys;
use Draftkeeper\Settings\TableDefinition;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The table of the books: one row per call of a provider. `day` is the site's date when the row was written. */
final class UsageTable {
	public const VERSION = 3;

	/** Keys of earlier versions whose work others do now. */
	private const DROPPED_KEYS = array( 'created_at', 'user_id_day', 'status_day', 'day', 'created_at_list', 'user_id_list', 'status_list' );

	public function __construct( private readonly wpdb $database ) {}

	public function name(): string {
		return $this->database->prefix . 'draftkeeper_usage_log';
	}

	public function install(): void {
		// One *_page key for each set of filters: a page is a stretch of it, or the beginnings of a few (see IndexPage).
		// job_uuid and request_id stand here too, because a row outlives its job.
		TableDefinition::apply(
			"CREATE TABLE {$this->name()} (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			job_id bigint(20) unsigned NOT NULL,
			job_uuid char(36) NOT NULL,
			attempt int(10) unsigned NOT NULL,
			user_id bigint(20) unsigned NOT NULL,
			role varchar(100) DEFAULT NULL,
			post_id bigint(20) unsigned DEFAULT NULL,
			task varchar(40) NOT NULL,
			provider varchar(100) NOT NULL,
			model varchar(100) NOT NULL,
			tokens_in bigint(20) unsigned DEFAULT NULL,
			tokens_out bigint(20) unsigned DEFAULT NULL,
			cost_micros bigint(20) unsigned DEFAULT NULL,
			cached tinyint(1) unsigned NOT NULL DEFAULT 0,
			queue_ms bigint(20) unsigned DEFAULT NULL,
			provider_ms bigint(20) unsigned DEFAULT NULL,
			status varchar(20) NOT NULL,
			error_code varchar(40) DEFAULT NULL,
			request_id char(36) NOT NULL,
			created_at datetime NOT NULL,
			day date NOT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY job_id_attempt (job_id,attempt),
			KEY day_page (day,id),
			KEY status_page (status,day,id),
			KEY user_id_page (user_id,status,day,id),
			KEY model_page (model,status,day,id),
			KEY user_id_model_page (user_id,model,status,day,id)
			) ENGINE=InnoDB {$this->database->get_charset_collate()};"
		);
		OldKeys::drop( $this->database, $this->name(), self::DROPPED_KEYS );
	}

	public function drop(): void {
		$this->database->query( $this->database->prepare( 'DROP TABLE IF EXISTS %i', $this->name() ) );
	}
}
