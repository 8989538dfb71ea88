<?php

namespace Draftkeeper\Usage;

use Closure;

defined( 'ABSPATH' ) || exit;

/** Writes the books as CSV for a spreadsheet (RFC 4180, UTF-8 with a byte order mark), in chunks of bounded memory. */
final class UsageCsv {
	private const CHUNK = 1000;

	private const COLUMNS = array(
		'day', 'created_at', 'user_id', 'user', 'role', 'post_id', 'post', 'task', 'provider', 'model', 'status', 'error_code', 'tokens_in', 'tokens_out',
		'cost_usd', 'cached', 'queue_ms', 'provider_ms', 'attempt', 'job_uuid', 'request_id',
	);

	private const MICROS_PER_DOLLAR = 1000000;

	/** A spreadsheet takes a cell that begins so for a formula. */
	private const FORMULA = '~^[\s\x{A0}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]~u';

	/** More texts than this, and what was learnt is forgotten: an export must not grow with the site. */
	private const MAX_TEXTS = 10000;

	/** @var array<string, string> cells by the text in them: names, models and the like come again and again. */
	private array $texts = array();

	public function __construct( private readonly UsageStore $usage ) {}

	/** @param Closure(string): void $write is called once per chunk. */
	public function write( UsageQuery $query, Closure $write ): void {
		$write( "\u{FEFF}" . implode( ',', self::COLUMNS ) . "\r\n" );
		$names  = new UsageNames();
		$before = null;
		do {
			$rows = $this->usage->before( $query, $before, self::CHUNK, UsageStore::PRINTED );
			$names->learn( $rows );
			$csv = '';
			foreach ( $rows as $row ) {
				$csv .= $this->line( $row, $names );
			}
			if ( '' !== $csv ) {
				$write( $csv );
				$before = (int) $rows[ count( $rows ) - 1 ]->id;
			}
			if ( count( $this->texts ) > self::MAX_TEXTS ) {
				$this->texts = array();
			}
			// The posts and users of the chunk would pile up.
			if ( self::CHUNK === count( $rows ) ) {
				wp_cache_flush_runtime();
			}
		} while ( self::CHUNK === count( $rows ) );
	}

	/** A file name that says whose books these are and for which days. */
	public static function file_name( UsageQuery $query, string $host ): string {
		$parts = array_filter( array( 'draftkeeper-usage', (string) preg_replace( '/[^A-Za-z0-9.-]/', '-', $host ), $query->from, null === $query->to ? null : "to-$query->to" ) );
		return implode( '-', $parts ) . '.csv';
	}

	private function line( \stdClass $row, UsageNames $names ): string {
		$user_id = (int) $row->user_id;
		$micros  = (int) $row->cost_micros;
		return $row->times . ',' . ( 0 === $user_id ? '' : $user_id ) . ',' . $this->text( $names->person( $user_id ) ) . ',' . $this->text( $row->role ) . ','
			. $row->post_id . ',' . ( null === $row->post_id ? '' : $this->text( $names->title( (int) $row->post_id ) ) ) . ','
			. $this->text( $row->task ) . ',' . $this->text( $row->provider ) . ',' . $this->text( $row->model ) . ',' . $this->text( $row->status ) . ',' . $this->text( $row->error_code ) . ','
			. $row->tokens . ','
			. ( null === $row->cost_micros ? '' : intdiv( $micros, self::MICROS_PER_DOLLAR ) . '.' . substr( (string) ( self::MICROS_PER_DOLLAR + $micros % self::MICROS_PER_DOLLAR ), 1 ) )
			. ( '1' === (string) $row->cached ? ',yes,' : ',no,' ) . self::tail( $row->tail ) . "\r\n";
	}

	private function text( ?string $value ): string {
		return null === $value ? '' : $this->texts[ $value ] ??= self::cell( $value );
	}

	/** Numbers and two ids: nothing that needs care, unless somebody has written to the table. */
	private static function tail( string $cells ): string {
		return strspn( $cells, '0123456789abcdef,-' ) === strlen( $cells ) && ! str_contains( $cells, ',-' ) ? $cells : implode( ',', array_map( self::cell( ... ), explode( ',', $cells, 5 ) ) );
	}

	private static function cell( string $value ): string {
		if ( 1 === preg_match( self::FORMULA, $value ) ) {
			$value = "'$value";
		}
		return 1 === preg_match( '/[",\r\n\t;\']|^\s|\s$/', $value ) ? '"' . str_replace( '"', '""', $value ) . '"' : $value;
	}
}
