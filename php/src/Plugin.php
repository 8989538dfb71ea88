<?php

namespace Draftkeeper;

use Closure;
use Draftkeeper\Abilities\TaskAbilities;
use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Admin\ConnectionNotice;
use Draftkeeper\Admin\Screens;
use Draftkeeper\Blocks\DescriptionBlock;
use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\BudgetStore;
use Draftkeeper\Budgets\BudgetTable;
use Draftkeeper\Budgets\CostRateStore;
use Draftkeeper\Budgets\Estimate;
use Draftkeeper\Budgets\ReservationCount;
use Draftkeeper\Cli\BooksCommands;
use Draftkeeper\Cli\Commands;
use Draftkeeper\Cli\Console;
use Draftkeeper\Cli\WpCliConsole;
use Draftkeeper\Contract\BodyDescription;
use Draftkeeper\Errors\Log;
use Draftkeeper\Errors\RequestGuard;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\FactsRoutes;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Facts\WooCommerceFacts;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Health\ArchiveCheck;
use Draftkeeper\Health\Checks;
use Draftkeeper\Health\GatewayCheck;
use Draftkeeper\Health\JobsCheck;
use Draftkeeper\Health\LoopCheck;
use Draftkeeper\Health\SecretsCheck;
use Draftkeeper\Health\SiteHealth;
use Draftkeeper\Health\StreamsCheck;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobAdmission;
use Draftkeeper\Jobs\JobAnswer;
use Draftkeeper\Jobs\JobCancellation;
use Draftkeeper\Jobs\JobCreation;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\JobList;
use Draftkeeper\Jobs\JobListRoutes;
use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobOffers;
use Draftkeeper\Jobs\JobRequests;
use Draftkeeper\Jobs\JobResults;
use Draftkeeper\Jobs\JobRetry;
use Draftkeeper\Jobs\JobRoutes;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\JoinedOffers;
use Draftkeeper\Jobs\LeaseStore;
use Draftkeeper\Jobs\OfferTurn;
use Draftkeeper\Jobs\Sweep;
use Draftkeeper\Jobs\SweepClock;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Limits\CachedTransientStore;
use Draftkeeper\Limits\JobLimit;
use Draftkeeper\Limits\LimitSettings;
use Draftkeeper\Limits\LimitsRoutes;
use Draftkeeper\Limits\RateLimitHeaders;
use Draftkeeper\Limits\TransientRowStore;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Models\ModelRefresh;
use Draftkeeper\Privacy\Forgetting;
use Draftkeeper\Privacy\PersonalData;
use Draftkeeper\Privacy\PrivacyPolicy;
use Draftkeeper\Privacy\PrivacyStore;
use Draftkeeper\Retention\Archive;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Retention\ArchiveStore;
use Draftkeeper\Retention\Retention;
use Draftkeeper\Retention\RetentionSettings;
use Draftkeeper\Retention\RetentionStore;
use Draftkeeper\Reviews\ReviewRoutes;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\Installer;
use Draftkeeper\Settings\KeyAge;
use Draftkeeper\Settings\NetworkSites;
use Draftkeeper\Settings\SettingsRoutes;
use Draftkeeper\Settings\SiteSettings;
use Draftkeeper\Settings\Uninstaller;
use Draftkeeper\Streams\StreamRoutes;
use Draftkeeper\Streams\StreamTickets;
use Draftkeeper\Streams\StreamTroubles;
use Draftkeeper\Tokens\TokenLogin;
use Draftkeeper\Tokens\TokenRoutes;
use Draftkeeper\Usage\AttemptStore;
use Draftkeeper\Usage\UsageCsv;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageListStore;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageRoutes;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;
use Draftkeeper\Webhooks\GatewayWebhookRoute;

defined( 'ABSPATH' ) || exit;

/**
 * The composition root: builds every object, lets each register its hooks, and is called by nothing below.
 *
 * What only REST requests and the sweep need is built when they begin: most requests of a site are neither.
 */
final class Plugin {
	/** Before the priority at which the objects made then register their own hooks. */
	private const FIRST = 0;

	/** What a job may wait for others to be offered with it: nothing beside the seconds that a provider takes. */
	private const OFFER_PAUSE_MICROSECONDS = 100_000;

	/** After the jobs that somebody waits for. */
	private const LAST = 20;

	public static function boot(): void {
		global $wpdb;

		$installer = new Installer( new JobTable( $wpdb ), new UsageTable( $wpdb ), new UsageDailyTable( $wpdb ), self::rollup(), new BudgetTable( $wpdb ), self::budget_store( new Transactions( $wpdb ) ) );
		$installer->register();
		( new NetworkSites( $installer, new Uninstaller( $wpdb, new ArchiveFolder() ) ) )->register();
		register_activation_hook( DRAFTKEEPER_FILE, $installer->install( ... ) );
		register_deactivation_hook( DRAFTKEEPER_FILE, SweepSchedule::clear( ... ) );
		( new SweepSchedule() )->register();
		( new SweepClock( time( ... ) ) )->register();
		( new SiteHealth( self::checks( ... ), new Connection() ) )->register();
		add_action( SweepSchedule::HOOK, self::build_sweep( ... ), self::FIRST );
		add_action( SweepSchedule::HOOK, self::tidy_up( ... ), self::LAST );
		add_action( SweepSchedule::HOOK, static fn() => ( new KeyAge( new Connection(), time( ... ) ) )->note(), self::LAST );
		add_action( Retention::HOOK, static fn() => self::retention()->run() );
		add_action( 'rest_api_init', self::build_routes( ... ), self::FIRST );

		add_action( 'deleted_user', static fn( int $user_id ) => self::forgetting()->deleted_user( $user_id ) );
		add_action( 'wpmu_delete_user', static fn( int $user_id ) => self::forgetting()->deleted_network_user( $user_id ) );
		add_action( 'before_delete_post', static fn( int $post_id, \WP_Post $post ) => self::forgetting()->deleted_post( $post_id, $post->post_type ), 10, 2 );
		add_action( 'delete_attachment', static fn( int $post_id ) => self::forgetting()->deleted_post( $post_id, 'attachment' ) );
		add_filter( 'wp_privacy_personal_data_exporters', static fn( array $exporters ) => self::personal_data()->add_exporters( $exporters ) );
		add_filter( 'wp_privacy_personal_data_erasers', static fn( array $erasers ) => self::personal_data()->add_erasers( $erasers ) );
		( new PrivacyPolicy( new RetentionSettings() ) )->register();

		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			self::commands( new WpCliConsole() )->register();
			self::books_commands( new WpCliConsole() )->register();
		}

		( new TaskAbilities( self::job_requests( ... ), new JobAccess() ) )->register();

		// WordPress finds our languages by itself only where the plugin is in its usual folder.
		add_action( 'init', static fn() => load_plugin_textdomain( 'draftkeeper', false, dirname( plugin_basename( DRAFTKEEPER_FILE ) ) . '/languages' ), self::FIRST );

		// Screens and the block.
		$connection = new Connection();
		$facts      = self::facts();
		$bootstrap  = new Bootstrap( $connection, $facts, new ModelCatalogue( $connection ) );
		$build      = new Build( DRAFTKEEPER_DIR, DRAFTKEEPER_FILE );
		$notice     = new ConnectionNotice( $connection, DRAFTKEEPER_FILE );
		$notice->register();
		( new Screens( $bootstrap, $connection, $notice, $build ) )->register();
		( new DescriptionBlock( $bootstrap, $build, DRAFTKEEPER_DIR ) )->register();
	}

	private static function build_routes(): void {
		global $wpdb;

		$now            = time( ... );
		$connection     = new Connection();
		$health         = new GatewayHealth( $now );
		$after_response = AfterResponse::of_this_server();
		$access         = new JobAccess();
		$usage          = self::usage( $now );

		list( $jobs, $leases, $results, $offers ) = self::jobs( $now, $connection, $health );

		$answer       = new JobAnswer( $usage, $access );
		$settings     = new LimitSettings();
		$transactions = new Transactions( $wpdb );
		$limit        = self::limit( $now, $transactions );
		$budgets      = self::budgets( $now, $transactions );
		$admission    = new JobAdmission( $jobs, $transactions, $limit, $budgets, new Estimate( new ModelCatalogue( new Connection() ), self::cost_rates( $now ) ) );
		$creation     = new JobCreation( $jobs, $admission, $access, self::joined_offers( $now, $offers, $jobs, $leases, $after_response ), $connection, $health, $now );
		$cancellation = new JobCancellation( $jobs, $offers, $results, $health, $after_response );
		$tickets      = new StreamTickets( $connection, new TokenSigner( $connection ), $health, $access, wp_get_environment_type() );

		( new TokenLogin( static fn() => wp_is_serving_rest_request() ? (string) ( $GLOBALS['wp']->query_vars['rest_route'] ?? '' ) : '', $now ) )->register();
		( new RequestGuard() )->register();
		( new BodyDescription() )->register();
		( new JobRoutes( $jobs, $leases, $access, $answer, $creation, new JobRetry( $creation, $access ), $cancellation, $offers, $health, $after_response, $tickets ) )->register();
		( new StreamRoutes( $jobs, $access, $tickets, new StreamTroubles( $now ) ) )->register();
		( new JobListRoutes( $jobs, new JobList( new JobListStore( $wpdb, new JobTable( $wpdb ) ), $access ), $access, $answer ) )->register();
		( new LimitsRoutes( $settings, $limit, $budgets, $now ) )->register();
		$key_age = new KeyAge( $connection, $now );
		( new SettingsRoutes( new SiteSettings( $connection, new RetentionSettings() ), new SecretsCheck( $connection, $key_age ), $key_age, self::checks( ... ), static fn() => self::model_refresh( $now, $connection, $health ) ) )->register();
		( new RateLimitHeaders( $limit, $now ) )->register();
		( new TokenRoutes( $now ) )->register();
		( new ReviewRoutes( $jobs, $access, $answer ) )->register();
		( new GatewayWebhookRoute( $connection, $health, $results ) )->register();
		( new FactsRoutes( self::facts(), $access ) )->register();
		( new UsageRoutes( $usage, new UsageListStore( $wpdb, new UsageTable( $wpdb ) ), new ModelCatalogue( $connection ), new UsageCsv( $usage ) ) )->register();
	}

	public static function commands( Console $console ): Commands {
		global $wpdb;

		$now          = time( ... );
		$table        = new JobTable( $wpdb );
		list( $jobs ) = self::jobs( $now, new Connection(), new GatewayHealth( $now ) );
		return new Commands(
			$console,
			$jobs,
			new JobListStore( $wpdb, $table ),
			new JobHealthStore( $wpdb, $table, $now ),
			new SweepClock( $now ),
			self::usage( $now ),
			new AttemptStore( $wpdb, new UsageTable( $wpdb ) ),
			self::checks(),
			self::job_requests( ... ),
			$now
		);
	}

	/** For Site Health and the command line. */
	public static function checks(): Checks {
		global $wpdb;

		$now        = time( ... );
		$connection = new Connection();
		$health     = new GatewayHealth( $now );
		$jobs       = new JobHealthStore( $wpdb, new JobTable( $wpdb ), $now );
		return new Checks(
			new SecretsCheck( $connection, new KeyAge( $connection, $now ) ),
			new JobsCheck( $jobs, new SweepClock( $now ), $health, $connection, $now ),
			new GatewayCheck( $connection, new GatewayClient( $connection, new TokenSigner( $connection ), $health ) ),
			new LoopCheck( $connection, $health, $jobs ),
			new StreamsCheck( new StreamTickets( $connection, new TokenSigner( $connection ), $health, new JobAccess(), wp_get_environment_type() ), new StreamTroubles( $now ) ),
			new ArchiveCheck( new ArchiveFolder(), new RetentionSettings() )
		);
	}

	/** For draftkeeper_create_job() and the command line. */
	public static function job_requests(): JobRequests {
		global $wpdb;

		$now            = time( ... );
		$connection     = new Connection();
		$health         = new GatewayHealth( $now );
		$after_response = AfterResponse::of_this_server();
		$access         = new JobAccess();
		$transactions   = new Transactions( $wpdb );

		list( $jobs, $leases, $results, $offers ) = self::jobs( $now, $connection, $health );

		$admission    = new JobAdmission( $jobs, $transactions, self::limit( $now, $transactions ), self::budgets( $now, $transactions ), new Estimate( new ModelCatalogue( new Connection() ), self::cost_rates( $now ) ) );
		$creation     = new JobCreation( $jobs, $admission, $access, self::joined_offers( $now, $offers, $jobs, $leases, $after_response ), $connection, $health, $now );
		$cancellation = new JobCancellation( $jobs, $offers, $results, $health, $after_response );
		return new JobRequests( $jobs, $creation, new JobRetry( $creation, $access ), $cancellation, $access, new JobAnswer( self::usage( $now ), $access ) );
	}

	/** @param Closure(): int $now */
	private static function limit( Closure $now, Transactions $transactions ): JobLimit {
		global $wpdb;

		return new JobLimit( new LimitSettings(), wp_using_ext_object_cache() ? new CachedTransientStore() : new TransientRowStore( $wpdb, $transactions ), $now );
	}

	private static function build_sweep(): void {
		global $wpdb;

		$now        = time( ... );
		$connection = new Connection();
		$health     = new GatewayHealth( $now );

		list( , $leases, $results, $offers ) = self::jobs( $now, $connection, $health );

		$transactions = new Transactions( $wpdb );
		$reservations = new ReservationCount( self::budget_store( $transactions ), $transactions, $now );
		( new Sweep( $leases, $offers, $results, $connection, $reservations, self::cost_rates( $now ), $now ) )->register();
		self::model_refresh( $now, $connection, $health )->register();
	}

	/** @param Closure(): int $now */
	private static function model_refresh( Closure $now, Connection $connection, GatewayHealth $health ): ModelRefresh {
		return new ModelRefresh( new ModelCatalogue( $connection ), new GatewayClient( $connection, new TokenSigner( $connection ), $health ), $connection, $now );
	}

	/**
	 * @param Closure(): int $now
	 * @return array{JobStore, LeaseStore, JobResults, JobOffers}
	 */
	private static function jobs( Closure $now, Connection $connection, GatewayHealth $health ): array {
		global $wpdb;

		$table        = new JobTable( $wpdb );
		$transactions = new Transactions( $wpdb );
		$budgets      = self::budgets( $now, $transactions );
		$jobs         = new JobStore( $wpdb, $table, $transactions, $now, $budgets );
		$leases       = new LeaseStore( $wpdb, $table, $transactions, $now );
		$results      = new JobResults( $jobs, $transactions, self::usage( $now ), $budgets );
		$gateway      = new GatewayClient( $connection, new TokenSigner( $connection ), $health );
		return array( $jobs, $leases, $results, new JobOffers( $gateway, $jobs, $leases, $results ) );
	}

	/** @param Closure(): int $now */
	private static function joined_offers( Closure $now, JobOffers $offers, JobStore $jobs, LeaseStore $leases, AfterResponse $after_response ): JoinedOffers {
		return new JoinedOffers( $offers, $jobs, $leases, new OfferTurn(), $after_response, $now, static fn() => usleep( self::OFFER_PAUSE_MICROSECONDS ) );
	}

	/** What cannot be archived today stays where it is: neither the sweep nor what others have planned for this run must end with it. */
	private static function tidy_up(): void {
		try {
			self::retention()->run_if_due();
		} catch ( \Throwable $error ) {
			Log::error( 'old texts, jobs or months of the books could not be taken away, which is tried again in an hour', $error );
		}
	}

	private static function retention(): Retention {
		global $wpdb;

		$transactions = new Transactions( $wpdb );
		return new Retention( new RetentionStore( $wpdb, new JobTable( $wpdb ), $transactions ), new RetentionSettings(), self::archive(), self::forgetting()->forget_some_gone( ... ), time( ... ) );
	}

	private static function privacy_store(): PrivacyStore {
		global $wpdb;

		return new PrivacyStore( $wpdb, new JobTable( $wpdb ), new UsageTable( $wpdb ), self::rollup(), new Transactions( $wpdb ) );
	}

	private static function forgetting(): Forgetting {
		$now          = time( ... );
		list( $jobs ) = self::jobs( $now, new Connection(), new GatewayHealth( $now ) );
		return new Forgetting( self::privacy_store(), $jobs );
	}

	private static function personal_data(): PersonalData {
		return new PersonalData( self::privacy_store(), self::forgetting(), self::archive() );
	}

	public static function books_commands( Console $console ): BooksCommands {
		return new BooksCommands( $console, self::archive(), new RetentionSettings(), new UsageCsv( self::usage( time( ... ) ) ), self::rollup() );
	}

	private static function archive(): Archive {
		global $wpdb;

		$store = new ArchiveStore( $wpdb, new UsageTable( $wpdb ), self::rollup(), new Transactions( $wpdb ) );
		return new Archive( $store, new ArchiveFolder(), time( ... ) );
	}

	/** @param Closure(): int $now */
	private static function usage( Closure $now ): UsageStore {
		global $wpdb;

		return new UsageStore( $wpdb, new UsageTable( $wpdb ), $now, self::rollup(), new Transactions( $wpdb ) );
	}

	/** @param Closure(): int $now */
	private static function budgets( Closure $now, Transactions $transactions ): Budgets {
		return new Budgets( new LimitSettings(), self::budget_store( $transactions ), $now );
	}

	private static function budget_store( Transactions $transactions ): BudgetStore {
		global $wpdb;

		return new BudgetStore( $wpdb, new BudgetTable( $wpdb ), new JobTable( $wpdb ), $transactions );
	}

	/** @param Closure(): int $now */
	private static function cost_rates( Closure $now ): CostRateStore {
		global $wpdb;

		return new CostRateStore( $wpdb, new UsageDailyTable( $wpdb ), $now );
	}

	private static function rollup(): UsageRollup {
		global $wpdb;

		return new UsageRollup( $wpdb, new UsageTable( $wpdb ), new UsageDailyTable( $wpdb ), new Transactions( $wpdb ) );
	}

	private static function facts(): FactSources {
		return new FactSources( new WooCommerceFacts(), new PostTypeFacts() );
	}
}
