<?php

namespace Draftkeeper\Health;

use Closure;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\SweepClock;
use Draftkeeper\Limits\LimitSettings;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\Installer;

defined( 'ABSPATH' ) || exit;

/** What this site knows without asking anybody: its tables, waiting jobs, the sweep, the clock, the object cache. */
final class JobsCheck {
	private const LATE_SECONDS       = 300;
	private const VERY_LATE_SECONDS  = 3600;
	private const LONG_WAIT_SECONDS  = 900;
	private const CLOCK_WARN_SECONDS = 30;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly JobHealthStore $jobs,
		private readonly SweepClock $sweep,
		private readonly GatewayHealth $gateway,
		private readonly Connection $connection,
		private readonly Closure $now,
	) {}

	public function tables(): Finding {
		return Installer::is_complete()
			? Finding::good( __( 'The tables of Draftkeeper are up to date', 'draftkeeper' ), __( 'Every table, column and index of this version is there.', 'draftkeeper' ) )
			: Finding::critical(
				__( 'The tables of Draftkeeper are not up to date', 'draftkeeper' ),
				__( 'The database has not made, or not yet finished, what this version needs. Nothing is lost, but parts of Draftkeeper do not work.', 'draftkeeper' ),
				__( 'It is tried again every few minutes. If this stays, see PHP’s error log for what is missing: the database’s user needs the rights CREATE, ALTER and INDEX, and room on the disk.', 'draftkeeper' )
			);
	}

	public function waiting(): Finding {
		foreach ( $this->jobs->waiting() as $wait ) {
			/* translators: 1: number of jobs, 2: a time span such as "3 hours". */
			$text = sprintf( _n( '%1$d job has waited for up to %2$s.', '%1$d jobs have waited for up to %2$s.', $wait['jobs'], 'draftkeeper' ), $wait['jobs'], $this->span( $wait['oldest'] ) );
			if ( 'ai_disabled' === $this->connection->state() ) {
				return Finding::recommended(
					__( 'Draftkeeper’s jobs wait because AI is switched off', 'draftkeeper' ),
					$text . ' ' . __( 'AI features are switched off on this site, so nothing is sent.', 'draftkeeper' ),
					__( 'They go on by themselves when AI is switched on again. If it stays off, stop them on the jobs screen or with "wp draftkeeper jobs cancel".', 'draftkeeper' )
				);
			}
			$next = match ( $wait['reason'] ) {
				'site_moved' => __( 'The gateway has registered this site under another address. On a copy, remove the keys; after a move, change the address in the gateway’s configuration.', 'draftkeeper' ),
				'contract_unsupported' => __( 'Plugin and gateway have versions that do not fit together: update the older of the two.', 'draftkeeper' ),
				'gateway_refused_signature' => __( 'The gateway refuses this site’s signature: compare the key id and the public key registered there.', 'draftkeeper' ),
				'encryption_key_missing' => __( 'What they ask for is encrypted, and DRAFTKEEPER_ENCRYPTION_KEY does not hold the key: put the key back that was there when they were made.', 'draftkeeper' ),
				'gateway_disabled' => __( 'The operator of the gateway has switched it off for this site: ask there when it goes on.', 'draftkeeper' ),
				default => null,
			};
			if ( null !== $next ) {
				return Finding::critical( __( 'Draftkeeper’s jobs wait until a person helps', 'draftkeeper' ), $text, $next );
			}
			if ( ( $this->now )() - $wait['oldest'] > self::LONG_WAIT_SECONDS ) {
				return Finding::recommended(
					__( 'Draftkeeper’s jobs wait for the gateway', 'draftkeeper' ),
					/* translators: %s: a reason, such as gateway_unreachable. */
					$text . ' ' . sprintf( __( 'Reason: %s.', 'draftkeeper' ), $wait['reason'] ?? 'none' ),
					__( 'See that the gateway runs and can be reached from this server; the jobs then go on by themselves.', 'draftkeeper' )
				);
			}
		}
		return Finding::good( __( 'No job of Draftkeeper waits for long', 'draftkeeper' ), __( 'Every job has been handed to the gateway, or will be in a moment.', 'draftkeeper' ) );
	}

	/** Null where there is nothing to sweep yet. */
	public function sweep(): ?Finding {
		$last  = $this->sweep->last_run();
		$stuck = $this->jobs->stuck();
		if ( null === $last && 0 === $stuck && ! $this->is_connected() ) {
			return null;
		}
		$late  = ( $this->now )() - ( $last ?? 0 );
		if ( $late <= self::LATE_SECONDS && 0 === $stuck ) {
			return Finding::good( __( 'Draftkeeper’s sweep runs', 'draftkeeper' ), __( 'It brings on jobs that nobody is looking at, once a minute.', 'draftkeeper' ) );
		}
		$text = null === $last
			? __( 'The sweep, which brings on jobs that nobody is looking at, has never run.', 'draftkeeper' )
			/* translators: %s: a time span such as "3 hours". */
			: sprintf( __( 'The sweep, which brings on jobs that nobody is looking at, last ran %s ago.', 'draftkeeper' ), $this->span( $last ) );
		if ( $stuck > 0 ) {
			/* translators: %d: number of jobs. */
			$text .= ' ' . sprintf( _n( '%d job is stuck.', '%d jobs are stuck.', $stuck, 'draftkeeper' ), $stuck );
		}
		$next = defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON
			? __( 'WP-Cron is switched off here: let the system’s cron call wp-cron.php, or "wp draftkeeper sweep", every minute.', 'draftkeeper' )
			: __( 'A site with few visitors wakes WP-Cron seldom: let the system’s cron call wp-cron.php, or "wp draftkeeper sweep", every minute.', 'draftkeeper' );
		return $stuck > 0 && $late > self::VERY_LATE_SECONDS
			? Finding::critical( __( 'Draftkeeper’s sweep does not run', 'draftkeeper' ), $text, $next )
			: Finding::recommended( __( 'Draftkeeper’s sweep is late', 'draftkeeper' ), $text, $next );
	}

	/** Null where there is no other clock. */
	public function clock(): ?Finding {
		if ( ! $this->is_connected() ) {
			return null;
		}
		$offset = $this->gateway->clock_offset();
		if ( abs( $offset ) < self::CLOCK_WARN_SECONDS ) {
			return Finding::good( __( 'The clocks of this site and its gateway agree', 'draftkeeper' ), __( 'Signatures carry the time; both sides read nearly the same.', 'draftkeeper' ) );
		}
		return Finding::recommended(
			__( 'The clocks of this site and its gateway differ', 'draftkeeper' ),
			/* translators: %d: number of seconds, negative when this server is ahead. */
			sprintf( __( 'The gateway’s clock is %d seconds ahead of this server’s. Draftkeeper makes up for it, up to an hour.', 'draftkeeper' ), $offset ),
			__( 'Set the clock of the wrong one, best by NTP.', 'draftkeeper' )
		);
	}

	public function limits(): Finding {
		$broken = ( new LimitSettings() )->broken();
		return array() === $broken
			? Finding::good( __( 'The limits and budgets of Draftkeeper are understood', 'draftkeeper' ), __( 'What administrators have set holds for everyone.', 'draftkeeper' ) )
			: Finding::critical(
				__( 'Limits or budgets of Draftkeeper are not understood', 'draftkeeper' ),
				/* translators: %s: names of constants. */
				sprintf( __( 'Not in the expected form: %s. Without budgets that can be read nothing is started; without a limit that can be read nobody is limited.', 'draftkeeper' ), implode( ', ', $broken ) ),
				__( 'Write a limit as "60/600" (drafts and seconds) or "none", the warning as a number of percent, and budgets as a JSON list; or take them out and set them under Draftkeeper → Limits.', 'draftkeeper' )
			);
	}

	public function object_cache(): Finding {
		if ( ! wp_using_ext_object_cache() ) {
			return Finding::good( __( 'Draftkeeper counts in the database', 'draftkeeper' ), __( 'There is no persistent object cache; limits are kept in the database, which is as exact.', 'draftkeeper' ) );
		}
		$key   = 'draftkeeper_health_' . wp_generate_uuid4();
		$works = wp_cache_add( $key, 1, 'draftkeeper', MINUTE_IN_SECONDS ) && 2 === wp_cache_incr( $key, 1, 'draftkeeper' ) && 2 === (int) wp_cache_get( $key, 'draftkeeper', true );
		wp_cache_delete( $key, 'draftkeeper' );
		return $works
			? Finding::good( __( 'Draftkeeper counts in the object cache', 'draftkeeper' ), __( 'The persistent object cache counts as it should.', 'draftkeeper' ) )
			: Finding::critical(
				__( 'The object cache does not count', 'draftkeeper' ),
				__( 'A persistent object cache is installed, but it did not keep and raise a test number. Limits on requests may let too many through.', 'draftkeeper' ),
				__( 'Update the object cache drop-in, see that its server runs, or remove wp-content/object-cache.php.', 'draftkeeper' )
			);
	}

	private function is_connected(): bool {
		return 'not_connected' !== $this->connection->state();
	}

	private function span( int $since ): string {
		return human_time_diff( $since, ( $this->now )() );
	}
}
