<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Settings\OldKeys;
use Draftkeeper\Settings\TableDefinition;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The table of jobs. Times are UTC; JSON is ASCII. */
final class JobTable {
	public const VERSION = 7;

	/** Keys of earlier versions whose work others do now. */
	private const DROPPED_KEYS = array(
		'status_created_at', 'user_id_created_at', 'model_created_at', 'post_id_review', 'post_id_created_at', 'status_review_created_at', 'status_list',
		'status_review_list', 'user_id_list', 'model_list', 'task_created_at',
	);

	public function __construct( private readonly wpdb $database ) {}

	public function name(): string {
		return $this->database->prefix . 'draftkeeper_jobs';
	}

	public function install(): void {
		// reserved_*: what the job holds of the budgets of its day (reserved_window) until it ends; reserved_role is the role it counts for.
		// purged_at: when the texts were removed.
		// One *_page key for each set of filters: a page is a stretch of it, or the beginnings of a few (see IndexPage).
		// post_id_list holds everything that the jobs of one post, which are few, are filtered by.
		// lease_until: nobody but a poll touches the row before it. asked_at: when the gateway was last asked about it.
		TableDefinition::apply(
			"CREATE TABLE {$this->name()} (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uuid char(36) NOT NULL,
			user_id bigint(20) unsigned NOT NULL,
			post_id bigint(20) unsigned DEFAULT NULL,
			retry_of char(36) DEFAULT NULL,
			task varchar(40) NOT NULL,
			target varchar(100) DEFAULT NULL,
			client_ref varchar(100) DEFAULT NULL,
			model varchar(100) DEFAULT NULL,
			status varchar(20) NOT NULL,
			version int(10) unsigned NOT NULL DEFAULT 1,
			offers int(10) unsigned NOT NULL DEFAULT 0,
			losses int(10) unsigned NOT NULL DEFAULT 0,
			wait_reason varchar(40) DEFAULT NULL,
			cancel_pending tinyint(1) unsigned NOT NULL DEFAULT 0,
			maybe_billed_twice tinyint(1) unsigned NOT NULL DEFAULT 0,
			input_hash char(64) NOT NULL,
			idempotency_hash char(64) DEFAULT NULL,
			request_json longtext NOT NULL,
			result_json longtext DEFAULT NULL,
			original_text longtext DEFAULT NULL,
			final_text longtext DEFAULT NULL,
			error_code varchar(40) DEFAULT NULL,
			error_text varchar(500) DEFAULT NULL,
			applied_webhook_id varchar(100) DEFAULT NULL,
			review varchar(20) DEFAULT NULL,
			reviewed_by bigint(20) unsigned DEFAULT NULL,
			reviewed_at datetime DEFAULT NULL,
			queue_ms bigint(20) unsigned DEFAULT NULL,
			provider_ms bigint(20) unsigned DEFAULT NULL,
			reserved_requests tinyint(3) unsigned NOT NULL DEFAULT 0,
			reserved_tokens bigint(20) unsigned NOT NULL DEFAULT 0,
			reserved_micros bigint(20) unsigned NOT NULL DEFAULT 0,
			reserved_window char(10) DEFAULT NULL,
			reserved_role varchar(100) DEFAULT NULL,
			request_id char(36) NOT NULL,
			claim_token char(36) DEFAULT NULL,
			lease_until datetime DEFAULT NULL,
			asked_at datetime DEFAULT NULL,
			expires_at datetime NOT NULL,
			created_at datetime NOT NULL,
			updated_at datetime NOT NULL,
			finished_at datetime DEFAULT NULL,
			purged_at datetime DEFAULT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY uuid (uuid),
			UNIQUE KEY idempotency_hash (idempotency_hash),
			KEY created_at (created_at),
			KEY status_review_page (status,review,created_at,id),
			KEY status_lease_until (status,lease_until),
			KEY user_id_page (user_id,status,review,created_at,id),
			KEY user_id_model_page (user_id,model,status,review,created_at,id),
			KEY post_id_list (post_id,created_at,id,user_id,status,review,model),
			KEY model_page (model,status,review,created_at,id),
			KEY reviewed_by (reviewed_by),
			KEY client_ref_created_at (client_ref,created_at),
			KEY request_id (request_id),
			KEY finished_at (finished_at),
			KEY purged_at_finished_at (purged_at,finished_at)
			) ENGINE=InnoDB {$this->database->get_charset_collate()};"
		);
		OldKeys::drop( $this->database, $this->name(), self::DROPPED_KEYS );
	}

	public function drop(): void {
		$this->database->query( $this->database->prepare( 'DROP TABLE IF EXISTS %i', $this->name() ) );
	}
}
