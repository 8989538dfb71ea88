<?php

namespace Draftkeeper\Tests\Integration\Retention;

use Draftkeeper\Retention\Archive;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Usage\UsageQuery;

final class ArchiveTest extends IntegrationTestCase {
	private const LOG = "SELECT * FROM wptests_draftkeeper_usage_log ORDER BY id";
	private const SUM = "SELECT * FROM wptests_draftkeeper_usage_daily ORDER BY day, user_id, status, cached, task, provider, model";

	private int $clock;

	protected function setUp(): void {
		parent::setUp();
		$this->clock = (int) strtotime( '2026-03-15 12:00:00 UTC' );
		$this->keep_books();
	}

	protected function tearDown(): void {
		( new ArchiveFolder() )->delete();
		parent::tearDown();
	}

	public function test_a_month_is_archived_when_its_last_day_is_old_enough_the_oldest_first(): void {
		$archive = $this->archive();
		self::assertStringContainsString( 'usage-2025-01-', (string) $archive->archive_next( 365 ) );
		self::assertStringContainsString( 'usage-2025-02-', (string) $archive->archive_next( 365 ) );
		// March is not over for 365 days yet.
		self::assertNull( $archive->archive_next( 365 ) );
		self::assertSame( array( '2025-03-01', '2026-03-01' ), array_column( $this->all( self::LOG ), 'day' ) );
		self::assertSame( array( '2025-03-01', '2026-03-01' ), array_column( $this->all( self::SUM ), 'day' ) );
	}

	public function test_what_comes_back_is_what_went_and_nothing_counts_twice(): void {
		$log     = $this->all( self::LOG );
		$sums    = $this->all( self::SUM );
		$archive = $this->archive();
		$path    = $archive->archive( '2025-01' );
		self::assertSame( count( $log ) - 4, count( $this->all( self::LOG ) ) );

		self::assertSame( array( 'rows' => 4, 'added' => 4 ), $archive->recover( $path ) );
		self::assertSame( $log, $this->all( self::LOG ) );
		self::assertSame( $sums, $this->all( self::SUM ) );
		self::assertSame( array( 'rows' => 4, 'added' => 0 ), $archive->recover( $path ) );
		self::assertSame( $sums, $this->all( self::SUM ) );
		Books::rollup()->recompute();
		self::assertSame( $sums, $this->all( self::SUM ) );
	}

	public function test_a_row_whose_id_has_gone_to_another_row_gets_a_new_one(): void {
		global $wpdb;
		$archive = $this->archive();
		$taken   = $this->all( self::LOG )[0];
		$path    = $archive->archive( '2025-01' );
		$wpdb->insert( 'wptests_draftkeeper_usage_log', array( 'job_id' => 77, 'day' => '2026-03-02' ) + $taken );
		self::assertSame( array( 'rows' => 4, 'added' => 4 ), $archive->recover( $path ) );
		self::assertSame( 4, Books::rollup()->totals( UsageQuery::of( array( 'to' => '2025-01-31' ) ) )['attempts'] );
	}

	public function test_a_month_that_was_put_back_stays_for_thirty_days_and_then_needs_no_second_file(): void {
		$archive = $this->archive();
		$path    = (string) $archive->archive_next( 365 );
		$archive->recover( $path );
		self::assertStringContainsString( '2025-02', (string) $archive->archive_next( 365 ) );
		self::assertNull( $archive->archive_next( 365 ) );
		$this->clock += 31 * 86400;
		self::assertSame( $path, $archive->archive_next( 365 ) );
		self::assertCount( 1, preg_grep( '/2025-01/', $archive->files() ) );
	}

	public function test_the_file_is_private_and_compressed_and_its_name_cannot_be_guessed(): void {
		$path = $this->archive()->archive( '2025-01' );
		self::assertMatchesRegularExpression( '~/uploads/draftkeeper-archive-[0-9a-f]{32}/usage-2025-01-[0-9a-f]{16}\.ndjson\.gz$~', $path );
		self::assertSame( '0600', substr( sprintf( '%o', fileperms( $path ) ), -4 ) );
		self::assertStringContainsString( 'Require all denied', (string) file_get_contents( dirname( $path ) . '/.htaccess' ) );
		self::assertFileExists( dirname( $path ) . '/index.php' );
		$lines = array_map( static fn( string $line ) => json_decode( $line, true ), explode( "\n", trim( (string) gzdecode( (string) file_get_contents( $path ) ) ) ) );
		self::assertSame( array( 'draftkeeper-usage', '2025-01' ), array( $lines[0]['format'], $lines[0]['month'] ) );
		self::assertSame( array( 4, 1250, 'gpt "ü" =1+1' ), array( $lines[5]['rows'], $lines[1]['cost_micros'], $lines[1]['model'] ) );
	}

	public function test_a_site_may_keep_them_outside_of_the_web_root(): void {
		$folder = sys_get_temp_dir() . '/draftkeeper-archive-' . bin2hex( random_bytes( 4 ) );
		add_filter( 'draftkeeper_archive_folder', static fn() => "$folder/" );
		self::assertStringStartsWith( "$folder/usage-", $this->archive()->archive( '2025-01' ) );
		( new ArchiveFolder() )->delete();
		self::assertDirectoryDoesNotExist( $folder );
	}

	public function test_nothing_of_a_damaged_file_comes_back(): void {
		$archive = $this->archive();
		$path    = $archive->archive( '2025-01' );
		$whole   = (string) file_get_contents( $path );
		$text    = (string) gzdecode( $whole );
		$lines   = explode( "\n", trim( $text ) );
		foreach ( array(
			'cut'      => substr( $whole, 0, -20 ),
			'changed'  => (string) gzencode( str_replace( '1250', '1251', $text ) ),
			'shorter'  => (string) gzencode( implode( "\n", array_merge( array_slice( $lines, 0, 2 ), array_slice( $lines, -1 ) ) ) . "\n" ),
			'longer'   => (string) gzencode( $text . $lines[1] . "\n" ),
			'foreign'  => (string) gzencode( "{\"a\":1}\n" ),
			'empty'    => '',
			'no json'  => 'hello',
		) as $name => $bytes ) {
			file_put_contents( $path, $bytes );
			try {
				$archive->recover( $path );
				self::fail( $name );
			} catch ( \RuntimeException $error ) {
				self::assertStringContainsString( $path, $error->getMessage(), $name );
			}
		}
		self::assertSame( 0, Books::rollup()->totals( UsageQuery::of( array( 'to' => '2025-01-31' ) ) )['attempts'] );
	}

	public function test_without_a_file_that_holds_them_no_row_goes(): void {
		$before = array( $this->all( self::LOG ), $this->all( self::SUM ) );
		$blocked = tempnam( sys_get_temp_dir(), 'dk' );
		add_filter( 'draftkeeper_archive_folder', static fn() => "$blocked/inside" );
		try {
			$this->archive()->archive( '2025-01' );
			self::fail( 'No error.' );
		} catch ( \RuntimeException $error ) {
			self::assertStringContainsString( 'cannot be', $error->getMessage() );
		} finally {
			unlink( $blocked );
		}
		self::assertSame( $before, array( $this->all( self::LOG ), $this->all( self::SUM ) ) );
	}

	public function test_rows_that_changed_while_they_were_written_stay_in_the_books(): void {
		global $wpdb;
		$is_first = true;
		add_filter( 'query', static function ( string $query ) use ( &$is_first, $wpdb ): string {
			if ( $is_first && str_starts_with( $query, 'DELETE' ) && str_contains( $query, 'usage_log' ) ) {
				$is_first = false;
				$wpdb->query( "DELETE FROM wptests_draftkeeper_usage_log WHERE day = '2025-01-10' AND attempt = 1" );
			}
			return $query;
		} );
		try {
			$this->archive()->archive( '2025-01' );
			self::fail( 'No error.' );
		} catch ( \RuntimeException $error ) {
			self::assertStringContainsString( '2025-01-10', $error->getMessage() );
		}
		self::assertContains( '2025-01-10', array_column( $this->all( self::LOG ), 'day' ) );
	}

	public function test_somebody_who_was_deleted_meanwhile_does_not_come_back(): void {
		$archive = $this->archive();
		$path    = $archive->archive( '2025-01' );
		$user    = (int) json_decode( explode( "\n", (string) gzdecode( (string) file_get_contents( $path ) ) )[1], true )['user_id'];
		require_once ABSPATH . 'wp-admin/includes/user.php';
		self::assertTrue( wp_delete_user( $user ) );
		$archive->recover( $path );
		self::assertSame( array( '0', null ), array( (string) $this->all( self::LOG )[0]['user_id'], $this->all( self::LOG )[0]['role'] ) );
		self::assertSame( 4, Books::rollup()->totals( UsageQuery::of( array( 'to' => '2025-01-31' ) ) )['attempts'] );
	}

	private function keep_books(): void {
		$user = $this->user( 'author' );
		foreach ( array( '2025-01-10', '2025-01-31', '2025-02-01', '2025-03-01', '2026-03-01' ) as $day ) {
			$attempts = str_starts_with( $day, '2025-01' ) ? array( Books::attempt( 1, array( 'model' => 'gpt "ü" =1+1' ) ), Books::attempt( 2, array( 'cost_micros' => null, 'status' => 'failed' ) ) ) : array( Books::attempt() );
			Books::at( "$day 12:00:00" )->record( Books::job( $user, 7 ), $attempts );
		}
	}

	private function archive(): Archive {
		return Books::archive( fn() => $this->clock );
	}

	/** @return list<array<string, ?string>> */
	private function all( string $sql ): array {
		global $wpdb;
		return $wpdb->get_results( $sql, ARRAY_A );
	}
}
