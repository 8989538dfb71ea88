<?php

namespace Draftkeeper\Tests\Unit\Errors;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorCode;
use PHPUnit\Framework\TestCase;

final class ErrorCodeTest extends TestCase {
	public function test_the_cases_are_the_codes_of_the_contract_in_its_order(): void {
		self::assertSame( Contract::table( 'error_codes' ), array_column( ErrorCode::cases(), 'value' ) );
	}

	public function test_a_code_that_we_do_not_know_is_an_internal_error(): void {
		self::assertSame( ErrorCode::ProviderBusy, ErrorCode::from_foreign( 'provider_busy' ) );
		self::assertSame( ErrorCode::InternalError, ErrorCode::from_foreign( 'a code of a later version' ) );
	}
}
