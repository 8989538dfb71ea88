<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Lists\Cursor;

defined( 'ABSPATH' ) || exit;

/** Which rows of the books are asked for. */
final class UsageQuery {
	public const DEFAULT_PER_PAGE = 25;
	public const MAX_PER_PAGE     = 100;
	private const MAX_USERS        = 100;

	private const BY_TIME = 'created_at';

	public const ORDERINGS = array( self::BY_TIME, 'cost_micros', 'tokens_in', 'tokens_out', 'provider_ms' );

	/**
	 * @param list<int>    $user_ids empty: everyone.
	 * @param list<string> $statuses empty: all.
	 * @param array{value: string, id: int}|null $after the last row of the page before: its day, or what it is sorted by.
	 */
	private function __construct(
		public readonly array $user_ids,
		public readonly array $statuses,
		public readonly ?string $model,
		public readonly ?string $from,
		public readonly ?string $to,
		public readonly ?array $after,
		public readonly int $per_page,
		public readonly string $orderby,
		public readonly string $order,
	) {}

	/**
	 * Reads the query of a request. Nothing is coerced, and a parameter that nobody knows is a mistake that must be seen.
	 *
	 * @param array<string, mixed> $given names that begin with an underscore belong to WordPress.
	 * @throws ApiError `invalid_query`, with every parameter that is wrong.
	 */
	public static function of( array $given ): self {
		$given      = array_filter( $given, fn( string $name ) => '_' !== $name[0] && 'rest_route' !== $name, ARRAY_FILTER_USE_KEY );
		$violations = array();
		$read       = static function ( string $name, string $expected, callable $parse ) use ( $given, &$violations ): mixed {
			if ( ! isset( $given[ $name ] ) || '' === $given[ $name ] ) {
				return null;
			}
			$value = is_string( $given[ $name ] ) ? $parse( $given[ $name ] ) : null;
			if ( null === $value ) {
				$violations[] = array( 'path' => $name, 'message' => $expected );
			}
			return $value;
		};

		$user_ids = $read( 'user_id', 'must be one or more ids, separated by commas', self::ids( ... ) );
		$statuses = $read( 'status', 'must be one or more of ' . implode( ', ', self::statuses() ) . ', separated by commas', self::known_statuses( ... ) );
		$model    = $read( 'model', 'must be the name of a model', fn( string $text ) => 1 === preg_match( '/^\P{Cc}{1,100}$/uD', $text ) ? $text : null );
		$from     = $read( 'from', 'must be a day, such as 2026-02-28', self::day( ... ) );
		$to       = $read( 'to', 'must be a day, such as 2026-02-28', self::day( ... ) );
		$per_page = $read( 'per_page', 'must be a number from 1 to ' . self::MAX_PER_PAGE, fn( string $text ) => self::number( $text, self::MAX_PER_PAGE ) );
		$orderby  = $read( 'orderby', 'must be one of ' . implode( ', ', self::ORDERINGS ), fn( string $text ) => in_array( $text, self::ORDERINGS, true ) ? $text : null );
		$order    = $read( 'order', 'must be asc or desc', fn( string $text ) => in_array( $text, array( 'asc', 'desc' ), true ) ? $text : null );
		$orderby ??= self::BY_TIME;
		$after     = $read( 'cursor', 'must be the next_cursor of the page before, under the same order', fn( string $text ) => self::decode( $text, $orderby ) );

		foreach ( array_diff( array_keys( $given ), array( 'user_id', 'status', 'model', 'from', 'to', 'cursor', 'per_page', 'orderby', 'order' ) ) as $name ) {
			$violations[] = array( 'path' => mb_substr( $name, 0, 100 ), 'message' => 'is not known here' );
		}
		if ( null !== $from && null !== $to && $from > $to ) {
			$violations[] = array( 'path' => 'to', 'message' => 'must not lie before from' );
		}
		if ( array() !== $violations ) {
			throw ApiError::invalid_query( $violations );
		}
		return new self( $user_ids ?? array(), $statuses ?? array(), $model, $from, $to, $after, $per_page ?? self::DEFAULT_PER_PAGE, $orderby, $order ?? 'desc' );
	}

	public function is_by_time(): bool {
		return self::BY_TIME === $this->orderby;
	}

	public function is_descending(): bool {
		return 'desc' === $this->order;
	}

	/**
	 * Where the page after this row begins.
	 *
	 * @param array<string, ?string> $row
	 */
	public function cursor( array $row ): string {
		$value = $this->is_by_time() ? substr( (string) $row['day'], 0, 10 ) : ( null === $row[ $this->orderby ] ? 0 : (int) $row[ $this->orderby ] + 1 );
		return Cursor::encode( $this->orderby, $value, (int) $row['id'] );
	}

	/** @return array{value: string, id: int}|null */
	private static function decode( string $cursor, string $orderby ): ?array {
		$parts = Cursor::decode( $cursor, $orderby, self::BY_TIME === $orderby ? '\d{4}-\d\d-\d\d' : '\d{1,19}', '[1-9][0-9]{0,17}' );
		return null === $parts || ( self::BY_TIME === $orderby && null === self::day( $parts[1] ) ) ? null : array( 'value' => $parts[1], 'id' => (int) $parts[2] );
	}

	/** @return list<string> */
	public static function statuses(): array {
		return Contract::schema( 'usage_list' )['properties']['items']['items']['properties']['status']['enum'];
	}

	/** @return list<int>|null */
	private static function ids( string $text ): ?array {
		if ( 1 !== preg_match( '/^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17})*$/D', $text ) ) {
			return null;
		}
		$ids = array_map( 'intval', explode( ',', $text ) );
		return count( $ids ) > self::MAX_USERS ? null : $ids;
	}

	/** @return list<string>|null */
	private static function known_statuses( string $text ): ?array {
		$statuses = array_values( array_unique( explode( ',', $text ) ) );
		return array() === array_diff( $statuses, self::statuses() ) ? $statuses : null;
	}

	private static function day( string $text ): ?string {
		return 1 === preg_match( '/^(\d{4})-(\d{2})-(\d{2})$/D', $text, $part ) && checkdate( (int) $part[2], (int) $part[3], (int) $part[1] ) ? $text : null;
	}

	private static function number( string $text, int $max ): ?int {
		return 1 === preg_match( '/^[1-9][0-9]{0,8}$/D', $text ) && (int) $text <= $max ? (int) $text : null;
	}
}
