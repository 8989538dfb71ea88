<?php

namespace Draftkeeper\Tests\Unit\Jobs;

use Draftkeeper\Jobs\JobOptions;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use stdClass;

final class JobOptionsTest extends TestCase {
	public function test_everything_has_a_default(): void {
		self::assertEquals(
			(object) array(
				'tone'              => 'plain',
				'words'             => 120,
				'audience'          => '',
				'keywords'          => array(),
				'language'          => 'de-DE',
				'temperature'       => 0.7,
				'max_output_tokens' => 2048,
			),
			JobOptions::complete( new stdClass(), 'de-DE' )
		);
	}

	#[DataProvider( 'numbers' )]
	public function test_a_number_outside_its_bounds_is_moved_to_the_nearest( string $name, int|float $asked, int|float $expected ): void {
		self::assertSame( $expected, JobOptions::complete( (object) array( $name => $asked ), 'en' )->$name );
	}

	/** @return iterable<array{string, int|float, int|float}> */
	public static function numbers(): iterable {
		yield array( 'words', -5, 20 );
		yield array( 'words', 20, 20 );
		yield array( 'words', 100000, 600 );
		yield array( 'temperature', -1, 0.0 );
		yield array( 'temperature', 2.5, 2.0 );
		yield array( 'temperature', 1, 1.0 );
		yield array( 'max_output_tokens', 1, 64 );
		yield array( 'max_output_tokens', PHP_INT_MAX, 4096 );
	}

	public function test_a_language_of_the_site_that_is_no_tag_becomes_english(): void {
		self::assertSame( 'en', JobOptions::complete( new stdClass(), 'x' )->language );
		self::assertSame( 'fr', JobOptions::complete( (object) array( 'language' => 'fr' ), 'x' )->language );
		self::assertSame( 'pt-PT-ao90', JobOptions::complete( new stdClass(), 'pt-PT-ao90' )->language );
	}
}
