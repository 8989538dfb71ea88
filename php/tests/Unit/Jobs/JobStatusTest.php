<?php

namespace Draftkeeper\Tests\Unit\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Jobs\JobStatus;
use PHPUnit\Framework\TestCase;

final class JobStatusTest extends TestCase {
	public function test_the_cases_are_the_statuses_of_the_contract(): void {
		$statuses = array_map( static fn( array $branch ) => $branch['properties']['status']['enum'][0], Contract::schema( 'job' )['oneOf'] );
		self::assertSame( $statuses, array_column( JobStatus::cases(), 'value' ) );
	}

	public function test_nothing_follows_an_end_but_the_late_result(): void {
		foreach ( JobStatus::cases() as $status ) {
			foreach ( $status->may_follow() as $earlier ) {
				self::assertFalse( $earlier->is_final(), "{$earlier->value} → {$status->value}" );
			}
		}
		foreach ( JobStatus::REVOCABLE_FAILURES as $code ) {
			self::assertNotNull( ErrorCode::tryFrom( $code ) );
		}
	}
}
