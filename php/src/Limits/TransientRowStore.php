<?php

namespace Draftkeeper\Limits;

use Draftkeeper\Jobs\Transactions;
use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * Windows in the transients' own rows, for a site without an external object cache.
 *
 * `get_transient()` and `set_transient()` count wrongly when several processes try at once. Here a try is one UPDATE that names the
 * limit in its condition: it changes one row or none, and both MySQL and SQLite say which. The value is text of a fixed width,
 * `count last start carried`, because only cutting and comparing text means the same to both.
 */
final class TransientRowStore implements TransactionalWindowStore {
	/** So often may other processes begin a new bucket between our look and our write. */
	private const MAX_TRIES = 20;

	/** Where `last`, and ` start carried`, begin in the value; counted from 1. */
	private const REST_AT = 18;

	private const WIDTH = 6;

	public function __construct( private readonly wpdb $database, private readonly Transactions $transactions ) {}

	public function take( string $name, int $limit, int $seconds, int $now ): Taken {
		$start = Window::start_at( $now, $seconds );
		for ( $try = 1; $try <= self::MAX_TRIES; ++$try ) {
			if ( 1 === $this->count_up( $name, $limit, $start, $now ) ) {
				return new Taken( true );
			}
			$value  = $this->value( $name );
			$stored = null === $value ? null : self::parse( $value );
			$window = null === $stored ? new Window( $start ) : $stored->at( $now, $seconds );
			if ( 0 === $window->remaining( $limit ) ) {
				return new Taken( false, $window );
			}
			$taken = new Window( $window->start, $window->carried, $window->count + 1, max( $now, $window->last ?? 0 ) );
			if ( null === $value ? $this->insert( $name, $taken, $seconds ) : $this->replace( $name, $value, $taken, $seconds ) ) {
				return new Taken( true, $taken );
			}
		}
		throw new \RuntimeException( "The window $name was changed by others all the time." );
	}

	public function count( string $name, int $limit, int $seconds, int $now ): bool {
		return 1 === $this->count_up( $name, $limit, Window::start_at( $now, $seconds ), $now );
	}

	public function give_back( string $name, int $seconds, int $now ): void {
		for ( $try = 1; $try <= self::MAX_TRIES; ++$try ) {
			$value  = $this->value( $name );
			$stored = null === $value ? null : self::parse( $value );
			if ( null === $value || null === $stored || $stored->count <= $stored->carried ) {
				return;
			}
			if ( $this->replace( $name, $value, new Window( $stored->start, $stored->carried, $stored->count - 1, $stored->last ), $seconds ) ) {
				return;
			}
		}
	}

	public function read( string $name, int $seconds, int $now ): Window {
		$value  = $this->value( $name );
		$stored = null === $value ? null : self::parse( $value );
		return null === $stored ? new Window( Window::start_at( $now, $seconds ) ) : $stored->at( $now, $seconds );
	}

	private function count_up( string $name, int $limit, int $start, int $now ): int {
		return $this->transactions->write(
			$this->database->prepare(
				'UPDATE %i SET option_value = CONCAT(SUBSTRING(%d + SUBSTRING(option_value, 1, %d), 2), %s, SUBSTRING(option_value, %d))
					WHERE option_name = %s AND SUBSTRING(option_value, %d, 11) = %s AND SUBSTRING(option_value, 1, %d) < %s',
				$this->database->options,
				10 ** self::WIDTH + 1,
				self::WIDTH,
				sprintf( ' %010d', $now ),
				self::REST_AT,
				"_transient_$name",
				self::REST_AT,
				sprintf( ' %010d', $start ),
				self::WIDTH,
				sprintf( '%06d', $limit )
			)
		);
	}

	/** Both rows of a transient, the time-out first: one without a value does no harm. False when another process was faster. */
	private function insert( string $name, Window $window, int $seconds ): bool {
		$insert = "%i (option_name, option_value, autoload) VALUES (%s, %s, 'off')";
		$this->transactions->write(
			$this->database->prepare(
				"INSERT INTO $insert ON DUPLICATE KEY UPDATE option_value = VALUES(option_value)", // phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- text of this function.
				$this->database->options,
				"_transient_timeout_$name",
				(string) self::expires_at( $window, $seconds )
			)
		);
		return 1 === $this->transactions->write(
			$this->database->prepare( "INSERT IGNORE INTO $insert", $this->database->options, "_transient_$name", self::format( $window ) ) // phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- text of this function.
		);
	}

	/** Writes a new value over the one that was seen; false when it is no longer there. */
	private function replace( string $name, string $seen, Window $window, int $seconds ): bool {
		$sql = $this->database->prepare(
			'UPDATE %i SET option_value = %s WHERE option_name = %s AND option_value = %s',
			$this->database->options,
			self::format( $window ),
			"_transient_$name",
			$seen
		);
		if ( self::format( $window ) === $seen || 1 !== $this->transactions->write( $sql ) ) {
			return false;
		}
		$this->transactions->write(
			$this->database->prepare( 'UPDATE %i SET option_value = %s WHERE option_name = %s', $this->database->options, (string) self::expires_at( $window, $seconds ), "_transient_timeout_$name" )
		);
		return true;
	}

	private function value( string $name ): ?string {
		$row = $this->database->get_row( $this->database->prepare( 'SELECT option_value FROM %i WHERE option_name = %s', $this->database->options, "_transient_$name" ), ARRAY_A );
		if ( null === $row && '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return is_array( $row ) ? (string) $row['option_value'] : null;
	}

	/** WordPress clears transients away when they have expired; by then both buckets are over. */
	private static function expires_at( Window $window, int $seconds ): int {
		return $window->start + 3 * $seconds;
	}

	private static function format( Window $window ): string {
		return sprintf( '%06d %010d %010d %06d', $window->count, $window->last ?? 0, $window->start, $window->carried );
	}

	/** Null for a value that somebody else has written. */
	private static function parse( string $value ): ?Window {
		return 1 === preg_match( '/^(\d{6}) (\d{10}) (\d{10}) (\d{6})$/D', $value, $parts )
			? new Window( (int) $parts[3], (int) $parts[4], (int) $parts[1], (int) $parts[2] )
			: null;
	}
}
