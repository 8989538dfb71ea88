<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Retention\Archive;
use Draftkeeper\Retention\RetentionSettings;
use Draftkeeper\Usage\UsageCsv;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageRollup;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper archive`, `export`, `recover` and `recompute`. */
final class BooksCommands {
	public function __construct(
		private readonly Console $console,
		private readonly Archive $archive,
		private readonly RetentionSettings $retention,
		private readonly UsageCsv $csv,
		private readonly UsageRollup $rollup,
	) {}

	public function register(): void {
		foreach ( array( 'archive', 'export', 'recover', 'recompute' ) as $name ) {
			WP_CLI::add_command( "draftkeeper $name", array( $this, $name ) );
		}
	}

	/**
	 * Moves old months of the books into private compressed files, or lists these.
	 *
	 * ## OPTIONS
	 *
	 * [--month=<month>]
	 * : One month, such as 2025-02, however old. Without it, every month that is due.
	 *
	 * [--list]
	 * : Lists the files.
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function archive( array $arguments, array $options ): void {
		if ( isset( $options['list'] ) ) {
			array_map( $this->console->line( ... ), $this->archive->files() );
			return;
		}
		$this->guard(
			function () use ( $options ): void {
				$count = 0;
				if ( isset( $options['month'] ) ) {
					if ( 1 !== preg_match( '/^[0-9]{4}-(0[1-9]|1[0-2])$/D', $options['month'] ) ) {
						throw new \RuntimeException( __( 'A month looks like 2025-02.', 'draftkeeper' ) );
					}
					$this->console->line( $this->archive->archive( $options['month'] ) );
					++$count;
				} elseif ( $this->retention->row_days() > 0 ) {
					for ( $path = $this->archive->archive_next( $this->retention->row_days() ); null !== $path; $path = $this->archive->archive_next( $this->retention->row_days() ) ) {
						$this->console->line( $path );
						++$count;
					}
				}
				/* translators: %d: number of months. */
				$this->console->succeed( sprintf( __( 'Months archived: %d.', 'draftkeeper' ), $count ) );
			}
		);
	}

	/**
	 * Puts the rows of an archive back into the books, each once however often this is done. The file stays.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : A file that `wp draftkeeper archive --list` shows.
	 *
	 * @param list<string> $arguments
	 */
	public function recover( array $arguments ): void {
		$this->guard(
			function () use ( $arguments ): void {
				$count = $this->archive->recover( $arguments[0] );
				/* translators: 1: number of rows in the file, 2: number of rows that were not in the books. */
				$this->console->succeed( sprintf( __( 'Rows read: %1$d, put back: %2$d. They stay for 30 days at least.', 'draftkeeper' ), $count['rows'], $count['added'] ) );
			}
		);
	}

	/**
	 * Writes the books as CSV to the standard output.
	 *
	 * ## OPTIONS
	 *
	 * [--user_id=<ids>]
	 * : Ids, separated by commas.
	 *
	 * [--status=<statuses>]
	 * : succeeded, failed, canceled, separated by commas.
	 *
	 * [--model=<model>]
	 * : The model that was called.
	 *
	 * [--from=<day>]
	 * : The first day, such as 2026-02-28.
	 *
	 * [--to=<day>]
	 * : The last day.
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function export( array $arguments, array $options ): void {
		$this->guard(
			fn() => $this->csv->write(
				UsageQuery::of( $options ),
				static function ( string $csv ): void {
					echo $csv; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- CSV, no page.
				}
			)
		);
	}

	/**
	 * Makes the sums by day anew from the log. Safe while results come in.
	 *
	 * ## OPTIONS
	 *
	 * [--redate]
	 * : First give every call the day that it has in the site's present time zone, after that was changed.
	 *
	 * [--from=<day>]
	 * : The first day, such as 2026-02-28.
	 *
	 * [--to=<day>]
	 * : The last day.
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function recompute( array $arguments, array $options ): void {
		$this->guard(
			function () use ( $options ): void {
				$query = UsageQuery::of( array_intersect_key( $options, array( 'from' => true, 'to' => true ) ) );
				if ( isset( $options['redate'] ) ) {
					/* translators: %d: number of calls. */
					$this->console->line( sprintf( __( 'Calls that have moved to another day: %d.', 'draftkeeper' ), $this->rollup->redate() ) );
				}
				/* translators: %d: number of days. */
				$this->console->succeed( sprintf( __( 'Days made anew: %d.', 'draftkeeper' ), $this->rollup->recompute( $query->from, $query->to ) ) );
			}
		);
	}

	/** @param \Closure(): void $work */
	private function guard( \Closure $work ): void {
		try {
			$work();
		} catch ( ApiError $error ) {
			$wrong = array_map( static fn( array $violation ) => "--{$violation['path']} {$violation['message']}", $error->details['violations'] ?? array() );
			$this->console->fail( array() === $wrong ? $error->getMessage() : implode( '; ', $wrong ) . '.' );
		} catch ( \RuntimeException $error ) {
			$this->console->fail( $error->getMessage() );
		}
	}
}
