<?php

namespace Draftkeeper\Retention;

use Closure;

defined( 'ABSPATH' ) || exit;

/** Old rows of the books, month by month in private files, and back again. */
final class Archive {
	private const DAY_SECONDS = 86400;

	/** A month that somebody has put back is left in peace for so long. */
	private const RECOVERED_SECONDS = 30 * self::DAY_SECONDS;
	private const RECOVERED_OPTION  = 'draftkeeper_recovered_months';

	private const ABANDONED_SECONDS = 6 * 3600;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly ArchiveStore $store,
		private readonly ArchiveFolder $folder,
		private readonly Closure $now,
	) {}

	/**
	 * Archives the oldest month whose last day lies more than `$days` days back.
	 *
	 * @return string|null the path of its archive; null when there is none to archive.
	 */
	public function archive_next( int $days ): ?string {
		$limit = (string) wp_date( 'Y-m-d', ( $this->now )() - $days * self::DAY_SECONDS );
		$from  = '0000-01-01';
		while ( true ) {
			$first = $this->store->first_day( $from );
			if ( null === $first || gmdate( 'Y-m-t', (int) strtotime( "$first UTC" ) ) >= $limit ) {
				return null;
			}
			$month = substr( $first, 0, 7 );
			if ( ! $this->was_recovered( $month ) ) {
				return $this->archive( $month );
			}
			$from = gmdate( 'Y-m-d', (int) strtotime( "$month-01 +1 month UTC" ) );
		}
	}

	/**
	 * Moves a month, such as `2025-02`, out of the books; its rows are deleted when they are safe in a file.
	 *
	 * @return string the path of the archive.
	 */
	public function archive( string $month ): string {
		$this->require_zlib();
		$this->allow_time();
		$folder = $this->folder->make();
		$this->remove_abandoned( $folder );
		$writer = $this->writer( $folder, $month );
		$days   = array();
		try {
			for ( $day = $this->store->first_day( "$month-01" ); null !== $day && str_starts_with( $day, $month ); $day = $this->store->first_day( gmdate( 'Y-m-d', (int) strtotime( "$day UTC" ) + self::DAY_SECONDS ) ) ) {
				$days[ $day ] = array( 0, 0 );
				foreach ( $this->store->rows( $day ) as $row ) {
					$writer->add( $row );
					$days[ $day ] = array( (int) $row['id'], $days[ $day ][1] + 1 );
				}
			}
			if ( array() === $days ) {
				throw new \RuntimeException( "The books hold nothing of $month." );
			}
			$path = $writer->finish();
		} finally {
			$writer->discard();
		}
		foreach ( $days as $day => list( $last_id, $count ) ) {
			$this->store->delete( $day, $last_id, $count );
		}
		return $this->only_one_of( $path );
	}

	/**
	 * Puts the rows of an archive back into the books, each once however often this is done. The file stays.
	 *
	 * @return array{rows: int, added: int}
	 */
	public function recover( string $path ): array {
		$this->require_zlib();
		$reader = new ArchiveReader( $path );
		$count  = array( 'rows' => 0, 'added' => 0 );
		$batch  = array();
		// Before the first row comes back, so that no run in between takes it away again.
		$this->remember_recovered( $reader->month() );
		foreach ( $reader->rows() as $row ) {
			if ( array() !== $batch && $batch[0]['day'] !== $row['day'] ) {
				$count['added'] += $this->store->restore( $batch[0]['day'], self::without_strangers( $batch ) );
				$batch           = array();
			}
			$batch[] = $row;
			++$count['rows'];
		}
		if ( array() !== $batch ) {
			$count['added'] += $this->store->restore( $batch[0]['day'], self::without_strangers( $batch ) );
		}
		return $count;
	}

	/**
	 * Takes a person out of the archives of the next month, which then say what was spent and not by whom.
	 *
	 * @param string $after the month before it, such as `2025-02`; '' begins with the oldest.
	 * @return array{month: string, rows: int, unreadable: list<string>}|null how many rows named the person, and the files that nobody can
	 *                                                                          read; null when there is no later month.
	 */
	public function forget_user( int $user_id, string $after ): ?array {
		$done = null;
		foreach ( $this->folder->archives() as $path ) {
			$month = self::month_of( $path );
			if ( $month <= $after || ( null !== $done && $done['month'] !== $month ) ) {
				continue;
			}
			$done ??= array( 'month' => $month, 'rows' => 0, 'unreadable' => array() );
			try {
				$done['rows'] += $this->rewrite_without( $user_id, $path );
			} catch ( \RuntimeException ) {
				$done['unreadable'][] = basename( $path );
			}
		}
		return $done;
	}

	/**
	 * @return list<array<string, mixed>> the rows of an archive that name the person; none of a file that nobody can read.
	 */
	public function rows_of( int $user_id, string $path ): array {
		$this->allow_time();
		$found = array();
		try {
			foreach ( ( new ArchiveReader( $path ) )->rows() as $row ) {
				if ( (int) $row['user_id'] === $user_id ) {
					$found[] = $row;
				}
			}
		} catch ( \RuntimeException ) {
			return array();
		}
		return $found;
	}

	/** @return int how many rows named the person; the file is replaced where there were some. */
	private function rewrite_without( int $user_id, string $path ): int {
		$this->allow_time();
		$reader = new ArchiveReader( $path );
		$rows   = 0;
		foreach ( $reader->rows() as $row ) {
			$rows += (int) $row['user_id'] === $user_id ? 1 : 0;
		}
		if ( $rows > 0 ) {
			$writer = $this->writer( dirname( $path ), $reader->month() );
			try {
				foreach ( $reader->rows() as $row ) {
					$writer->add( (int) $row['user_id'] === $user_id ? self::without_person( $row ) : $row );
				}
				$copy = $writer->finish();
			} finally {
				$writer->discard();
			}
			unlink( $path );
			// One from a time that this was broken off between the two.
			$this->only_one_of( $copy );
		}
		return $rows;
	}

	/** @return list<string> the paths of all archives, the oldest month first. */
	public function files(): array {
		return $this->folder->archives();
	}

	/** A month that was put back unchanged and is archived again needs no second file. */
	private function only_one_of( string $path ): string {
		$checksum = ( new ArchiveReader( $path ) )->checksum();
		foreach ( glob( (string) preg_replace( '/-[0-9a-f]{16}(?=\.ndjson)/', '-*', $path ) ) ?: array() as $other ) {
			try {
				if ( $other !== $path && ( new ArchiveReader( $other ) )->checksum() === $checksum ) {
					unlink( $path );
					return $other;
				}
			} catch ( \RuntimeException ) {
				// The other one is damaged: all the better that there is a new one.
				continue;
			}
		}
		return $path;
	}

	/**
	 * Who has been deleted since is not brought back.
	 *
	 * @param list<array<string, mixed>> $rows
	 * @return list<array<string, mixed>>
	 */
	private static function without_strangers( array $rows ): array {
		cache_users( array_values( array_unique( array_column( $rows, 'user_id' ) ) ) );
		return array_map( static fn( array $row ) => false === get_userdata( (int) $row['user_id'] ) ? self::without_person( $row ) : $row, $rows );
	}

	/**
	 * @param array<string, mixed> $row
	 * @return array<string, mixed> in the same order of columns.
	 */
	private static function without_person( array $row ): array {
		return array_replace( $row, array( 'user_id' => 0, 'role' => null ) );
	}

	private static function month_of( string $path ): string {
		return substr( basename( $path ), strlen( 'usage-' ), strlen( '2025-02' ) );
	}

	private function writer( string $folder, string $month ): ArchiveWriter {
		return new ArchiveWriter( "$folder/usage-$month-" . bin2hex( random_bytes( 8 ) ), $month );
	}

	/** A large month takes longer than a page may; a host may forbid it. */
	private function allow_time(): void {
		if ( function_exists( 'set_time_limit' ) ) {
			set_time_limit( 600 );
		}
	}

	private function was_recovered( string $month ): bool {
		$until = get_option( self::RECOVERED_OPTION, array() )[ $month ] ?? 0;
		return $until > ( $this->now )();
	}

	private function remember_recovered( string $month ): void {
		$months           = array_filter( (array) get_option( self::RECOVERED_OPTION, array() ), fn( mixed $until ) => $until > ( $this->now )() );
		$months[ $month ] = ( $this->now )() + self::RECOVERED_SECONDS;
		update_option( self::RECOVERED_OPTION, $months, false );
	}

	/** What a process that was killed has left behind. */
	private function remove_abandoned( string $folder ): void {
		foreach ( glob( "$folder/usage-*.part" ) ?: array() as $part ) {
			if ( (int) filemtime( $part ) < time() - self::ABANDONED_SECONDS ) {
				unlink( $part );
			}
		}
	}

	private function require_zlib(): void {
		if ( ! function_exists( 'gzopen' ) || ! function_exists( 'deflate_init' ) ) {
			throw new \RuntimeException( 'Archives need the zlib extension of PHP.' );
		}
	}
}
