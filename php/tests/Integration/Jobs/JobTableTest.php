<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\SchemaUpgrades;
use PHPUnit\Framework\Attributes\TestWith;

final class JobTableTest extends IntegrationTestCase {
	use SchemaUpgrades;

	/** The columns and keys of version 1. */
	private const FIRST_VERSION = "id bigint(20) unsigned NOT NULL AUTO_INCREMENT, uuid char(36) NOT NULL, user_id bigint(20) unsigned NOT NULL,
		post_id bigint(20) unsigned DEFAULT NULL, task varchar(40) NOT NULL, target varchar(100) DEFAULT NULL, client_ref varchar(100) DEFAULT NULL,
		model varchar(100) DEFAULT NULL, status varchar(20) NOT NULL, version int(10) unsigned NOT NULL DEFAULT 1, offers int(10) unsigned NOT NULL DEFAULT 0,
		losses int(10) unsigned NOT NULL DEFAULT 0, wait_reason varchar(40) DEFAULT NULL, cancel_pending tinyint(1) unsigned NOT NULL DEFAULT 0,
		maybe_billed_twice tinyint(1) unsigned NOT NULL DEFAULT 0, input_hash char(64) NOT NULL, idempotency_hash char(64) DEFAULT NULL,
		request_json longtext NOT NULL, result_json longtext DEFAULT NULL, original_text longtext DEFAULT NULL, final_text longtext DEFAULT NULL,
		error_code varchar(40) DEFAULT NULL, error_text varchar(500) DEFAULT NULL, applied_webhook_id varchar(100) DEFAULT NULL,
		review varchar(20) DEFAULT NULL, reviewed_by bigint(20) unsigned DEFAULT NULL, reviewed_at datetime DEFAULT NULL,
		queue_ms bigint(20) unsigned DEFAULT NULL, provider_ms bigint(20) unsigned DEFAULT NULL, request_id char(36) NOT NULL,
		claim_token char(36) DEFAULT NULL, lease_until datetime DEFAULT NULL, asked_at datetime DEFAULT NULL, expires_at datetime NOT NULL,
		created_at datetime NOT NULL, updated_at datetime NOT NULL, finished_at datetime DEFAULT NULL,
		PRIMARY KEY  (id), UNIQUE KEY uuid (uuid), UNIQUE KEY idempotency_hash (idempotency_hash), KEY status_created_at (status,created_at),
		KEY user_id_created_at (user_id,created_at), KEY post_id_review (post_id,review)";

	/** The keys of version 6 and the columns they are made of: those that pages were read from before. */
	private const PAGES_BEFORE = ',
		KEY status_list (status,created_at,id,user_id,review,model), KEY status_review_list (status,review,created_at,id,model),
		KEY user_id_list (user_id,created_at,id,status,review,model), KEY model_list (model,created_at,id,status,review,user_id)';

	#[TestWith( array( '' ) )]
	#[TestWith( array( self::PAGES_BEFORE ) )]
	public function test_a_table_of_an_earlier_version_is_brought_up_to_date_with_its_rows( string $more_keys ): void {
		$row = $this->assert_upgraded(
			JobTable::class,
			self::FIRST_VERSION . $more_keys,
			"(uuid, user_id, task, status, input_hash, request_json, request_id, expires_at, created_at, updated_at)
				VALUES ('018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77', 1, 'product_description', 'running', 'a', '{}', 'r', '2026-03-03 09:30:00', '2026-02-28 09:30:00', '2026-02-28 09:30:00')"
		);
		self::assertSame( array( '1', 'running', null ), array( (string) $row['user_id'], $row['status'], $row['retry_of'] ) );
	}
}
