<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\SchemaUpgrades;
use Draftkeeper\Usage\UsageTable;
use PHPUnit\Framework\Attributes\TestWith;

final class UsageTableTest extends IntegrationTestCase {
	use SchemaUpgrades;

	private const COLUMNS = "id bigint(20) unsigned NOT NULL AUTO_INCREMENT, job_id bigint(20) unsigned NOT NULL, job_uuid char(36) NOT NULL,
		attempt int(10) unsigned NOT NULL, user_id bigint(20) unsigned NOT NULL, role varchar(100) DEFAULT NULL, post_id bigint(20) unsigned DEFAULT NULL,
		task varchar(40) NOT NULL, provider varchar(100) NOT NULL, model varchar(100) NOT NULL, tokens_in bigint(20) unsigned DEFAULT NULL,
		tokens_out bigint(20) unsigned DEFAULT NULL, cost_micros bigint(20) unsigned DEFAULT NULL, cached tinyint(1) unsigned NOT NULL DEFAULT 0,
		queue_ms bigint(20) unsigned DEFAULT NULL, provider_ms bigint(20) unsigned DEFAULT NULL, status varchar(20) NOT NULL,
		error_code varchar(40) DEFAULT NULL, request_id char(36) NOT NULL, created_at datetime NOT NULL, day date NOT NULL,
		PRIMARY KEY  (id), UNIQUE KEY job_id_attempt (job_id,attempt)";

	#[TestWith( array( ', KEY created_at (created_at), KEY user_id_day (user_id,day), KEY status_day (status,day)' ) )]
	#[TestWith( array( ', KEY day (day), KEY created_at_list (created_at,id,day,status,user_id), KEY user_id_list (user_id,created_at,id,day,status), KEY status_list (status,created_at,id,day,user_id)' ) )]
	public function test_a_table_of_an_earlier_version_is_brought_up_to_date_with_its_rows( string $keys ): void {
		$row = $this->assert_upgraded(
			UsageTable::class,
			self::COLUMNS . $keys,
			"(job_id, job_uuid, attempt, user_id, task, provider, model, status, request_id, created_at, day)
				VALUES (7, 'u', 1, 3, 'product_description', 'local', 'small', 'failed', 'r', '2026-02-28 23:30:00', '2026-03-01')"
		);
		self::assertSame( array( '7', 'failed', '2026-03-01' ), array( (string) $row['job_id'], $row['status'], substr( $row['day'], 0, 10 ) ) );
	}
}
