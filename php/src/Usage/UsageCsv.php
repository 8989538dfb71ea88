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

	/** Stands between cells while it is not known whether one of them needs quotes. */
	private const UNIT = "\x1f";

	private const NEEDS_CARE = '~[^\x1f 0-9A-Za-z_:.-]|(?:^|\x1f)[ -]| (?:\x1f|$)~D';

	public function __construct( private readonly UsageStore $usage ) {}

	/** @param Closure(string): void $write is called once per chunk. */
	public function write( UsageQuery $query, Closure $write ): void {
		$write( "\u{FEFF}" . self::line( self::COLUMNS ) );
		$names  = new UsageNames();
		$before = null;
		do {
			$rows = $this->usage->before( $query, $before, self::CHUNK );
			$names->learn( $rows );
			$csv = '';
			foreach ( $rows as $row ) {
				$csv .= self::line( self::cells( $row, $names ) );
			}
			if ( '' !== $csv ) {
				$write( $csv );
				$before = (int) $rows[ count( $rows ) - 1 ]['id'];
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

	/**
	 * @param array<string, ?string> $row
	 * @return list<string|int|null>
	 */
	private static function cells( array $row, UsageNames $names ): array {
		return array(
			substr( (string) $row['day'], 0, 10 ),
			str_replace( ' ', 'T', (string) $row['created_at'] ) . 'Z',
			0 === (int) $row['user_id'] ? null : $row['user_id'],
			$names->person( (int) $row['user_id'] ),
			$row['role'],
			$row['post_id'],
			$names->title( (int) $row['post_id'] ),
			$row['task'],
			$row['provider'],
			$row['model'],
			$row['status'],
			$row['error_code'],
			$row['tokens_in'],
			$row['tokens_out'],
			null === $row['cost_micros'] ? null : sprintf( '%d.%06d', intdiv( (int) $row['cost_micros'], self::MICROS_PER_DOLLAR ), (int) $row['cost_micros'] % self::MICROS_PER_DOLLAR ),
			'1' === (string) $row['cached'] ? 'yes' : 'no',
			$row['queue_ms'],
			$row['provider_ms'],
			$row['attempt'],
			$row['job_uuid'],
			$row['request_id'],
		);
	}

	/** @param list<string|int|null> $cells */
	private static function line( array $cells ): string {
		// Most lines hold numbers, times, ids and plain words only: one look at the whole instead of one at each cell.
		$joined = implode( self::UNIT, $cells );
		if ( 1 !== preg_match( self::NEEDS_CARE, $joined ) && substr_count( $joined, self::UNIT ) === count( $cells ) - 1 ) {
			return str_replace( self::UNIT, ',', $joined ) . "\r\n";
		}
		return implode( ',', array_map( static fn( string|int|null $cell ) => is_string( $cell ) ? self::cell( $cell ) : $cell, $cells ) ) . "\r\n";
	}

	private static function cell( string $value ): string {
		if ( 1 === preg_match( self::FORMULA, $value ) ) {
			$value = "'$value";
		}
		return 1 === preg_match( '/[",\r\n\t;\']|^\s|\s$/', $value ) ? '"' . str_replace( '"', '""', $value ) . '"' : $value;
	}
}
