<?php

namespace Draftkeeper\Tests\Unit\Jobs;

use Draftkeeper\Jobs\OfferTurn;
use PHPUnit\Framework\TestCase;

final class OfferTurnTest extends TestCase {
	private string $file;

	protected function setUp(): void {
		$this->file = (string) tempnam( sys_get_temp_dir(), 'draftkeeper' );
	}

	protected function tearDown(): void {
		unlink( $this->file );
	}

	public function test_it_is_one_requests_turn_until_it_ends(): void {
		list( $one, $other ) = array( new OfferTurn( $this->file ), new OfferTurn( $this->file ) );
		self::assertSame( array( true, true, false ), array( $one->take(), $one->take(), $other->take() ) );
		$other->end();
		self::assertFalse( $other->take(), 'nobody ends the turn of another' );
		$one->end();
		self::assertSame( array( true, false ), array( $other->take(), $one->take() ) );
	}

	public function test_the_turn_of_a_process_that_is_killed_is_over(): void {
		if ( ! function_exists( 'proc_open' ) ) {
			self::markTestSkipped( 'Needs processes.' );
		}
		$code    = '$file = fopen( $argv[1], "c" ); flock( $file, LOCK_EX ); echo "locked"; sleep( 60 );';
		$process = proc_open( array( PHP_BINARY, '-r', $code, '--', $this->file ), array( 1 => array( 'pipe', 'w' ) ), $pipes );
		self::assertIsResource( $process );
		try {
			self::assertSame( 'locked', fread( $pipes[1], 6 ) );
			self::assertFalse( ( new OfferTurn( $this->file ) )->take() );
		} finally {
			proc_terminate( $process, 9 );
			proc_close( $process );
		}
		self::assertTrue( ( new OfferTurn( $this->file ) )->take() );
	}

	public function test_where_no_file_can_be_locked_it_is_everybodys_turn(): void {
		$path = "$this->file/no/such/folder";
		self::assertSame( array( true, true ), array( ( new OfferTurn( $path ) )->take(), ( new OfferTurn( $path ) )->take() ) );
	}
}
