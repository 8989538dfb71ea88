<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\SweepSchedule;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper sweep` */
final class SweepCommand {
	public function __construct( private readonly Console $console, private readonly JobHealthStore $health ) {}

	/**
	 * Brings on every job that nobody is dealing with, as WP-Cron does once a minute. Any number may run at once.
	 */
	public function __invoke(): void {
		do_action( SweepSchedule::HOOK ); // phpcs:ignore WordPress.NamingConventions.ValidHookName -- our own.
		$waiting = array_sum( array_column( $this->health->waiting(), 'jobs' ) );
		/* translators: 1: number of waiting jobs, 2: number of stuck jobs. */
		$this->console->succeed( sprintf( __( 'Swept. %1$d waiting, %2$d stuck.', 'draftkeeper' ), $waiting, $this->health->stuck() ) );
	}
}
