<?php

namespace Draftkeeper\Settings;

use Draftkeeper\Budgets\BudgetStore;
use Draftkeeper\Budgets\BudgetTable;
use Draftkeeper\Errors\Log;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageTable;
use WP_Upgrader;

defined( 'ABSPATH' ) || exit;

/** Tables and capabilities: made on activation, and again whenever an update brings a newer version of them. */
final class Installer {
	private const OPTION = 'draftkeeper_schema';

	/** After it somebody else may try: whoever began was killed, or the database refused. What is there already is not made again. */
	private const LONGEST_UPGRADE_SECONDS = 300;

	/** What every new job looks at. One that is not there costs a query each time; one that is comes with the autoloaded options. */
	private const READ_ALWAYS = array(
		'draftkeeper_cost_rates'     => array(),
		'draftkeeper_gateway_health' => array(),
		'draftkeeper_limits'         => array(),
		'draftkeeper_models'         => '',
		'draftkeeper_redaction'      => 'on',
		'draftkeeper_streaming'      => 'on',
	);

	public function __construct(
		private readonly JobTable $jobs,
		private readonly UsageTable $usage,
		private readonly UsageDailyTable $daily,
		private readonly UsageRollup $rollup,
		private readonly BudgetTable $budgets,
		private readonly BudgetStore $counters,
	) {}

	public function register(): void {
		add_action( 'init', $this->upgrade( ... ), 1 );
	}

	/** @throws \RuntimeException when the database has refused something. */
	public function install(): void {
		$this->jobs->install();
		$this->usage->install();
		$this->daily->install();
		if ( ! str_contains( (string) get_option( self::OPTION, '' ), 'daily' ) ) {
			// Books that were kept before there were sums.
			$this->rollup->recompute();
		}
		$this->budgets->install();
		if ( ! str_contains( (string) get_option( self::OPTION, '' ), 'budget' ) ) {
			// Books that were kept before there were budgets.
			$this->counters->seed( $this->usage->name(), time() );
		}
		foreach ( self::READ_ALWAYS as $name => $default ) {
			add_option( $name, $default, '', true );
		}
		Capability::grant();
		update_option( self::OPTION, self::version(), true );
	}

	/** Reads autoloaded options only; also reaches the sites of a network, and roles that a shop plugin adds later. */
	private function upgrade(): void {
		if ( wp_installing() ) {
			return;
		}
		if ( self::is_complete() ) {
			Capability::grant();
		} else {
			$this->install_once();
		}
	}

	/** Whether this site's tables are those of this version. */
	public static function is_complete(): bool {
		return get_option( self::OPTION ) === self::version();
	}

	/** A key of a million rows takes seconds: every other request goes on meanwhile, instead of making the same one. What the database refuses is logged. */
	public function install_once(): void {
		require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
		if ( ! WP_Upgrader::create_lock( self::OPTION, self::LONGEST_UPGRADE_SECONDS ) ) {
			return;
		}
		ignore_user_abort( true );
		try {
			$this->install();
		} catch ( \Throwable $error ) {
			// The lock stays: not every request needs to try what the database refuses.
			Log::error( 'the tables could not be brought up to date', $error );
			return;
		}
		WP_Upgrader::release_lock( self::OPTION );
	}

	private static function version(): string {
		return 'jobs ' . JobTable::VERSION . ', usage ' . UsageTable::VERSION . ', daily ' . UsageDailyTable::VERSION . ', budget ' . BudgetTable::VERSION;
	}
}
