<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Lists\Cursor;

defined( 'ABSPATH' ) || exit;

/** Which jobs a list is asked for. */
final class JobQuery {
	/** A draft that nobody has reviewed. */
	public const WAITING = 'waiting';

	public const REVIEWS = array( self::WAITING, 'accepted', 'edited', 'discarded' );

	public const DEFAULT_PER_PAGE = 25;
	public const MAX_PER_PAGE     = 100;
	public const MAX_SEARCH       = 100;

	/**
	 * @param string|null                                $from  the first moment (UTC), `Y-m-d H:i:s`.
	 * @param string|null                                $until the first moment that does not belong any more.
	 * @param array{created_at: string, id: int}|null $after the last row of the page before.
	 */
	public function __construct(
		public readonly ?string $status = null,
		public readonly ?int $user_id = null,
		public readonly ?string $model = null,
		public readonly ?string $task = null,
		public readonly ?int $post_id = null,
		public readonly ?string $review = null,
		public readonly ?string $from = null,
		public readonly ?string $until = null,
		public readonly ?string $search = null,
		public readonly ?array $after = null,
		public readonly int $per_page = self::DEFAULT_PER_PAGE,
	) {}

	/**
	 * Reads the query of a request. Nothing is coerced, and a parameter that nobody knows is a mistake that must be seen.
	 *
	 * @param array<string, mixed> $given names that begin with an underscore belong to WordPress.
	 * @throws ApiError `invalid_query`, with every parameter that is wrong.
	 */
	public static function of( array $given ): self {
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
		$one_of     = static fn( array $values ): callable => static fn( string $text ): ?string => in_array( $text, $values, true ) ? $text : null;

		$status   = $read( 'status', 'must be one of ' . implode( ', ', self::statuses() ), $one_of( self::statuses() ) );
		$user_id  = $read( 'user_id', 'must be the number of a user', self::number( ... ) );
		$model    = $read( 'model', 'must be the name of a model', static fn( string $text ) => 1 === preg_match( '/^[a-z0-9][a-z0-9_.:\/-]{0,99}$/iD', $text ) ? $text : null );
		$task     = $read( 'task', 'must be one of ' . implode( ', ', self::tasks() ), $one_of( self::tasks() ) );
		$post_id  = $read( 'post_id', 'must be the number of a post', self::number( ... ) );
		$review   = $read( 'review', 'must be one of ' . implode( ', ', self::REVIEWS ), $one_of( self::REVIEWS ) );
		$from     = $read( 'from', 'must be a day, such as 2026-02-28', self::day( ... ) );
		$to       = $read( 'to', 'must be a day, such as 2026-02-28', self::day( ... ) );
		$search   = $read( 'search', 'must have 1 to ' . self::MAX_SEARCH . ' characters', self::words( ... ) );
		$after    = $read( 'cursor', 'must be the next_cursor of the page before', self::decode( ... ) );
		$per_page = $read( 'per_page', 'must be a number from 1 to ' . self::MAX_PER_PAGE, static fn( string $text ) => self::number( $text, self::MAX_PER_PAGE ) );

		foreach ( array_diff( array_keys( $given ), array( 'status', 'user_id', 'model', 'task', 'post_id', 'review', 'from', 'to', 'search', 'cursor', 'per_page' ) ) as $name ) {
			$violations[] = array( 'path' => mb_substr( (string) $name, 0, 100 ), 'message' => 'is not known here' );
		}
		if ( null !== $from && null !== $to && $from > $to ) {
			$violations[] = array( 'path' => 'to', 'message' => 'must not lie before from' );
		}
		if ( array() !== $violations ) {
			throw ApiError::invalid_query( $violations );
		}
		return new self(
			$status,
			$user_id,
			$model,
			$task,
			$post_id,
			$review,
			null === $from ? null : self::start_of( $from ),
			null === $to ? null : self::start_of( "$to +1 day" ),
			$search,
			$after,
			$per_page ?? self::DEFAULT_PER_PAGE
		);
	}

	/** Where the page after this job begins. */
	public static function cursor( Job $job ): string {
		return Cursor::encode( $job->created_at, $job->id );
	}

	/** @return list<string> */
	public static function statuses(): array {
		return array_column( JobStatus::cases(), 'value' );
	}

	/** @return list<string> */
	public static function tasks(): array {
		return Contract::schema( 'create_job' )['properties']['task']['enum'];
	}

	/** @return array{created_at: string, id: int}|null */
	private static function decode( string $cursor ): ?array {
		$parts = Cursor::decode( $cursor, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', '[1-9][0-9]{0,17}' );
		return null === $parts || false === strtotime( "{$parts[0]} UTC" ) ? null : array( 'created_at' => $parts[0], 'id' => (int) $parts[1] );
	}

	/** The beginning of a day of this site, in UTC. */
	private static function start_of( string $day ): string {
		return ( new \DateTimeImmutable( $day, wp_timezone() ) )->setTimezone( new \DateTimeZone( 'UTC' ) )->format( 'Y-m-d H:i:s' );
	}

	private static function day( string $text ): ?string {
		return 1 === preg_match( '/^(\d{4})-(\d{2})-(\d{2})$/D', $text, $part ) && checkdate( (int) $part[2], (int) $part[3], (int) $part[1] ) ? $text : null;
	}

	private static function words( string $text ): ?string {
		$text = trim( $text );
		return 1 === preg_match( '/^\P{Cc}{1,' . self::MAX_SEARCH . '}$/uD', $text ) ? $text : null;
	}

	private static function number( string $text, int $max = PHP_INT_MAX ): ?int {
		return 1 === preg_match( '/^[1-9][0-9]{0,17}$/D', $text ) && (int) $text <= $max ? (int) $text : null;
	}
}
