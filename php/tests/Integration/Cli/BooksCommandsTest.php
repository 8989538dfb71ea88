<?php

namespace Draftkeeper\Tests\Integration\Cli;

use Draftkeeper\Cli\BooksCommands;
use Draftkeeper\Plugin;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\RecordingConsole;
use Draftkeeper\Usage\UsageQuery;

final class BooksCommandsTest extends IntegrationTestCase {
	private RecordingConsole $console;
	private BooksCommands $commands;

	protected function setUp(): void {
		parent::setUp();
		$this->console  = new RecordingConsole();
		$this->commands = Plugin::books_commands( $this->console );
		foreach ( array( '2020-01-10', '2020-02-10' ) as $day ) {
			Books::at( "$day 12:00:00" )->record( Books::job( 1 ), array( Books::attempt() ) );
		}
	}

	protected function tearDown(): void {
		( new ArchiveFolder() )->delete();
		parent::tearDown();
	}

	public function test_old_months_go_into_files_and_come_back(): void {
		$this->commands->archive( array(), array() );
		self::assertSame( 0, self::attempts() );
		$files = ( new ArchiveFolder() )->archives();
		self::assertCount( 2, $files );
		$this->commands->recover( array( $files[0] ) );
		$this->commands->recover( array( $files[0] ) );
		self::assertSame( 1, self::attempts() );
	}

	public function test_one_month_can_be_named_and_nonsense_fails(): void {
		$this->commands->archive( array(), array( 'month' => '2020-02' ) );
		self::assertSame( 1, self::attempts() );
		foreach ( array( '2020-13', '2020-2', '../../x', '2019-01' ) as $month ) {
			$this->assert_fails( fn() => $this->commands->archive( array(), array( 'month' => $month ) ) );
		}
		$this->assert_fails( fn() => $this->commands->recover( array( '/no/such/file' ) ) );
		$this->assert_fails( fn() => $this->commands->recompute( array(), array( 'from' => 'yesterday' ) ) );
		self::assertSame( 1, self::attempts() );
	}

	public function test_the_books_go_to_the_standard_output_as_they_are_filtered(): void {
		ob_start();
		$this->commands->export( array(), array( 'from' => '2020-02-01' ) );
		$lines = explode( "\r\n", trim( (string) ob_get_clean() ) );
		self::assertCount( 2, $lines );
		self::assertStringStartsWith( '2020-02-10,', $lines[1] );
	}

	public function test_sums_are_made_anew(): void {
		global $wpdb;
		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_usage_daily SET attempts = 9" );
		$this->commands->recompute( array(), array() );
		self::assertSame( 2, self::attempts() );
	}

	public function test_calls_move_to_the_days_of_another_time_zone_only_when_that_is_asked_for(): void {
		Books::at( '2020-02-10 23:30:00' )->record( Books::job( 1 ), array( Books::attempt() ) );
		update_option( 'timezone_string', 'Europe/Berlin' );
		$this->commands->recompute( array(), array() );
		self::assertStringNotContainsString( 'another day', $this->console->text );
		$this->commands->recompute( array(), array( 'redate' => true ) );
		self::assertStringContainsString( 'another day: 1.', $this->console->text );
		self::assertStringContainsString( 'Days made anew: 3.', $this->console->text );
	}

	private static function attempts(): int {
		return Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'];
	}

	private function assert_fails( callable $work ): void {
		try {
			$work();
		} catch ( \Throwable $error ) {
			self::assertNotSame( '', $error->getMessage() );
			return;
		}
		self::fail( 'It did not fail.' );
	}
}
