<?php

namespace Draftkeeper;

use Draftkeeper\Admin\Bootstrap;
use Draftkeeper\Admin\Build;
use Draftkeeper\Admin\UsageScreen;
use Draftkeeper\Blocks\DescriptionBlock;
use Draftkeeper\Errors\RequestGuard;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\FactsRoutes;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Facts\WooCommerceFacts;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobAnswer;
use Draftkeeper\Jobs\JobCancellation;
use Draftkeeper\Jobs\JobCreation;
use Draftkeeper\Jobs\JobOffers;
use Draftkeeper\Jobs\JobResults;
use Draftkeeper\Jobs\JobRoutes;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\LeaseStore;
use Draftkeeper\Jobs\Sweep;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Reviews\ReviewRoutes;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\Installer;
use Draftkeeper\Usage\UsageCsv;
use Draftkeeper\Usage\UsageRoutes;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;
use Draftkeeper\Webhooks\GatewayWebhookRoute;

defined( 'ABSPATH' ) || exit;

/** The composition root: builds every object, lets each register its hooks, and is called by nothing below. */
final class Plugin {
	public static function boot(): void {
		global $wpdb;

		$now            = time( ... );
		$connection     = new Connection();
		$health         = new GatewayHealth( $now );
		$after_response = AfterResponse::of_this_server();

		// Books.
		$usage_table = new UsageTable( $wpdb );
		$usage       = new UsageStore( $wpdb, $usage_table, $now );

		// Jobs.
		$job_table    = new JobTable( $wpdb );
		$transactions = new Transactions( $wpdb );
		$jobs         = new JobStore( $wpdb, $job_table, $transactions, $now );
		$leases       = new LeaseStore( $wpdb, $job_table, $transactions, $now );
		$access       = new JobAccess();
		$answer       = new JobAnswer( $usage, $access );
		$results      = new JobResults( $jobs, $transactions, $usage );
		$gateway      = new GatewayClient( $connection, new TokenSigner( $connection ), $health );
		$offers       = new JobOffers( $gateway, $jobs, $leases, $results );
		$creation     = new JobCreation( $jobs, $access, $offers, $connection, $health, $after_response, $now );
		$cancellation = new JobCancellation( $jobs, $offers, $results, $health, $after_response );

		$installer = new Installer( $job_table, $usage_table );
		$installer->register();
		register_activation_hook( DRAFTKEEPER_FILE, $installer->install( ... ) );
		register_deactivation_hook( DRAFTKEEPER_FILE, SweepSchedule::clear( ... ) );

		( new RequestGuard() )->register();
		( new JobRoutes( $jobs, $leases, $access, $answer, $creation, $cancellation, $offers, $health, $after_response ) )->register();
		( new ReviewRoutes( $jobs, $access, $answer ) )->register();
		( new GatewayWebhookRoute( $connection, $health, $results ) )->register();
		( new Sweep( $leases, $offers, $results, $connection, $now ) )->register();
		( new SweepSchedule() )->register();

		// Facts, usage, screens and the block.
		$facts     = new FactSources( new WooCommerceFacts(), new PostTypeFacts() );
		$bootstrap = new Bootstrap( $connection, $facts );
		$build     = new Build( DRAFTKEEPER_DIR, DRAFTKEEPER_FILE );
		( new FactsRoutes( $facts, $access ) )->register();
		( new UsageRoutes( $usage, new UsageCsv( $usage ) ) )->register();
		( new UsageScreen( $bootstrap, $connection, $build ) )->register();
		( new DescriptionBlock( $bootstrap, $build, DRAFTKEEPER_DIR ) )->register();
	}
}
