<?php

namespace Draftkeeper\Jobs;

use Closure;
use WeakMap;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** Writes that are tried again after a deadlock or a lock wait: alone a statement, inside a transaction the whole of it. */
final class Transactions {
	/**
	 * InnoDB's 1213 and 1205, and how often each is tried; wpdb passes on the text, not the number. A deadlock is told at once and lets
	 * another one through, so that the last of many that want the same row meets several; a lock wait has taken its time before.
	 */
	private const MAX_TRIES = array( 'Deadlock found' => 20, 'Lock wait timeout exceeded' => 3 );

	/** @var WeakMap<wpdb, true>|null the connections that are inside a transaction, whoever has begun it. */
	private static ?WeakMap $open = null;

	/** @var list<Closure(): void> what follows the commit of the transaction that is open. */
	private static array $followers = array();

	public function __construct( private readonly wpdb $database ) {}

	/**
	 * Runs `$work` in a transaction, in the one that is open where there is one; what it throws rolls everything back. No HTTP in there.
	 *
	 * @template T
	 * @param Closure(): T $work
	 * @return T
	 */
	public function run( Closure $work ): mixed {
		if ( $this->is_open() ) {
			return $work();
		}
		for ( $try = 1; ; ++$try ) {
			$this->statement( 'START TRANSACTION' );
			$this->set_open( true );
			try {
				$result = $work();
				$this->set_open( false );
				$this->statement( 'COMMIT' );
				$followers       = self::$followers;
				self::$followers = array();
				foreach ( $followers as $follower ) {
					$follower();
				}
				return $result;
			} catch ( \Throwable $error ) {
				$this->set_open( false );
				self::$followers = array();
				$reason          = $error instanceof Deadlock ? $error->getMessage() : $this->database->last_error;
				$this->database->query( 'ROLLBACK' );
				if ( $try >= self::tries( $reason ) ) {
					throw $error;
				}
			}
		}
	}

	/**
	 * Runs `$work` when what has been written is there for all to see: after the commit, at once where no transaction is open.
	 *
	 * @param Closure(): void $work
	 */
	public function after_commit( Closure $work ): void {
		if ( $this->is_open() ) {
			self::$followers[] = $work;
		} else {
			$work();
		}
	}

	/** Runs a prepared INSERT, UPDATE or DELETE and returns the number of rows. */
	public function write( string $sql ): int {
		for ( $try = 1; ; ++$try ) {
			try {
				return $this->statement( $sql );
			} catch ( Deadlock $deadlock ) {
				if ( $this->is_open() || $try >= self::tries( $deadlock->getMessage() ) ) {
					throw $deadlock;
				}
			}
		}
	}

	/**
	 * Runs a prepared SELECT; what goes wrong is thrown, and said nowhere else, as with a write.
	 *
	 * @return list<array<string, ?string>>
	 */
	public function rows( string $sql ): array {
		$was_quiet = $this->database->suppress_errors( true );
		$rows      = $this->database->get_results( $sql, ARRAY_A );
		$this->database->suppress_errors( $was_quiet );
		if ( '' !== $this->database->last_error ) {
			throw $this->was_deadlock() ? new Deadlock( $this->database->last_error ) : new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return array_values( (array) $rows );
	}

	private function statement( string $sql ): int {
		// A deadlock that is tried again is no news for the log; any other error is thrown, and logged at the border. WordPress's own line
		// would hold the statement, and on SQLite those before it, with prompts.
		$was_quiet = $this->database->suppress_errors( true );
		$rows      = $this->database->query( $sql );
		$this->database->suppress_errors( $was_quiet );
		if ( false === $rows ) {
			throw $this->was_deadlock() ? new Deadlock( $this->database->last_error ) : new \RuntimeException( "The database refused a statement: {$this->database->last_error}" );
		}
		return (int) $rows;
	}

	private function is_open(): bool {
		return isset( self::$open[ $this->database ] );
	}

	private function set_open( bool $is_open ): void {
		self::$open ??= new WeakMap();
		if ( $is_open ) {
			self::$open[ $this->database ] = true;
		} else {
			unset( self::$open[ $this->database ] );
		}
	}

	private function was_deadlock(): bool {
		return self::tries( $this->database->last_error ) > 1;
	}

	private static function tries( string $reason ): int {
		foreach ( self::MAX_TRIES as $text => $tries ) {
			if ( str_contains( $reason, $text ) ) {
				return $tries;
			}
		}
		return 1;
	}
}
