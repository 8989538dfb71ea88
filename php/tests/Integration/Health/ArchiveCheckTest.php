<?php

namespace Draftkeeper\Tests\Integration\Health;

use Draftkeeper\Plugin;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class ArchiveCheckTest extends IntegrationTestCase {
	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_ROW_DAYS' );
		parent::tearDown();
	}

	public function test_a_folder_that_cannot_be_made_is_told_before_its_month_has_come(): void {
		$check = Plugin::checks()->local()['archive'];
		self::assertSame( 'good', $check()->level->value );
		$file = (string) tempnam( sys_get_temp_dir(), 'draftkeeper' );
		// No folder can be made below a file; one can below a folder that is not there yet.
		add_filter( 'draftkeeper_archive_folder', $named = static fn() => "$file/of/books" );
		self::assertSame( 'recommended', $check()->level->value );
		self::assertStringContainsString( 'draftkeeper_archive_folder', $check()->next );
		unlink( $file );
		self::assertSame( 'good', $check()->level->value );
		self::assertFileDoesNotExist( $file, 'a check makes nothing' );

		putenv( 'DRAFTKEEPER_ROW_DAYS=0' );
		self::assertNull( $check() );
	}
}
