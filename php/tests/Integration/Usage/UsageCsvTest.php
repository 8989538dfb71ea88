<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Usage\UsageCsv;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageStore;
use PHPUnit\Framework\Attributes\TestWith;

final class UsageCsvTest extends IntegrationTestCase {
	private UsageStore $store;

	protected function setUp(): void {
		parent::setUp();
		$this->store = Books::at( '2026-02-28 09:30:00' );
	}

	public function test_writes_every_row_of_the_filter_once_in_chunks(): void {
		$this->act_as( 'administrator' );
		$ids = array();
		foreach ( array_chunk( range( 1, 2300 ), 100 ) as $numbers ) {
			$job = Books::job( 1 );
			$this->store->record( $job, array_map( fn( int $number ) => Books::attempt( $number, array( 'tokens_in' => $number ) ), $numbers ) );
		}
		$this->store->record( Books::job( 1 ), array( Books::attempt( 1, array( 'status' => 'failed' ) ) ) );

		$chunks = array();
		( new UsageCsv( $this->store ) )->write( UsageQuery::of( array( 'status' => 'succeeded' ) ), function ( string $csv ) use ( &$chunks ): void {
			$chunks[] = $csv;
		} );
		foreach ( self::rows( implode( '', $chunks ) ) as $row ) {
			$ids[] = (int) $row['tokens_in'];
		}

		self::assertCount( 4, $chunks );
		self::assertSame( range( 2300, 1 ), $ids );
	}

	public function test_writes_money_exactly_and_unknown_as_nothing(): void {
		$this->act_as( 'administrator' );
		$this->store->record( Books::job( 1 ), array( Books::attempt( 1, array( 'cost_micros' => 5000000001 ) ), Books::attempt( 2, array( 'cost_micros' => 7 ) ), Books::attempt( 3, array( 'cost_micros' => null ) ) ) );
		self::assertSame( array( '', '0.000007', '5000.000001' ), array_column( $this->export(), 'cost_usd' ) );
	}

	#[TestWith( array( '=1+1', "'=1+1" ) )]
	#[TestWith( array( '+49', "'+49" ) )]
	#[TestWith( array( '-cmd', "'-cmd" ) )]
	#[TestWith( array( '@SUM(A1)', "'@SUM(A1)" ) )]
	#[TestWith( array( ' =1+1', "' =1+1" ) )]
	#[TestWith( array( "\u{FF1D}1+1", "'\u{FF1D}1+1" ) )]
	#[TestWith( array( 'A "quoted", name', 'A "quoted", name' ) )]
	#[TestWith( array( "two\nlines", "two\nlines" ) )]
	#[TestWith( array( 'a=b', 'a=b' ) )]
	public function test_no_cell_is_a_formula( string $name, string $expected ): void {
		$this->act_as( 'administrator' );
		$user = $this->user( 'author' );
		$GLOBALS['wpdb']->update( $GLOBALS['wpdb']->users, array( 'display_name' => $name ), array( 'ID' => $user ) );
		clean_user_cache( $user );
		$this->store->record( Books::job( $user ), array( Books::attempt() ) );
		self::assertSame( $expected, $this->export()[0]['user'] );
	}

	public function test_a_text_of_a_provider_is_no_formula_either_the_second_time_too(): void {
		$this->act_as( 'administrator' );
		$this->store->record( Books::job( 1 ), array( Books::attempt( 1, array( 'model' => '=HYPERLINK("x")', 'provider' => 'a, b' ) ), Books::attempt( 2, array( 'model' => '=HYPERLINK("x")', 'provider' => 'a, b' ) ) ) );
		self::assertSame( array( '\'=HYPERLINK("x")', '\'=HYPERLINK("x")' ), array_column( $this->export(), 'model' ) );
		self::assertSame( array( 'a, b', 'a, b' ), array_column( $this->export(), 'provider' ) );
	}

	public function test_a_title_that_the_reader_may_not_see_is_not_in_the_file(): void {
		$post = $this->post( array( 'post_title' => 'Secret', 'post_status' => 'private', 'post_author' => $this->user( 'author' ) ) );
		$this->store->record( Books::job( 1, $post ), array( Books::attempt() ) );
		$this->act_as( 'subscriber' );
		$row = $this->export()[0];
		self::assertSame( array( (string) $post, '' ), array( $row['post_id'], $row['post'] ) );
	}

	public function test_is_what_a_spreadsheet_expects(): void {
		$csv = '';
		( new UsageCsv( $this->store ) )->write( UsageQuery::of( array() ), function ( string $chunk ) use ( &$csv ): void {
			$csv .= $chunk;
		} );
		self::assertStringStartsWith( "\u{FEFF}day,created_at,user_id,user,", $csv );
		self::assertStringEndsWith( "request_id\r\n", $csv );
	}

	/** @return list<array<string, string>> */
	private function export(): array {
		$csv = '';
		( new UsageCsv( $this->store ) )->write( UsageQuery::of( array() ), function ( string $chunk ) use ( &$csv ): void {
			$csv .= $chunk;
		} );
		return self::rows( $csv );
	}

	/** @return list<array<string, string>> */
	private static function rows( string $csv ): array {
		$file = fopen( 'php://memory', 'r+' );
		fwrite( $file, substr( $csv, strlen( "\u{FEFF}" ) ) );
		rewind( $file );
		$names = fgetcsv( $file, null, ',', '"', '' );
		$rows  = array();
		while ( is_array( $cells = fgetcsv( $file, null, ',', '"', '' ) ) ) {
			$rows[] = array_combine( $names, $cells );
		}
		return $rows;
	}
}
