<?php

namespace Draftkeeper\Tests\Support;

use Closure;
use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\BudgetStore;
use Draftkeeper\Budgets\BudgetTable;
use Draftkeeper\Budgets\CostRateStore;
use Draftkeeper\Budgets\Estimate;
use Draftkeeper\Budgets\ReservationCount;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobAdmission;
use Draftkeeper\Jobs\JobOffers;
use Draftkeeper\Jobs\JobResults;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\JoinedOffers;
use Draftkeeper\Jobs\LeaseStore;
use Draftkeeper\Jobs\OfferTurn;
use Draftkeeper\Jobs\Sweep;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Limits\JobLimit;
use Draftkeeper\Limits\LimitSettings;
use Draftkeeper\Limits\TransientRowStore;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Usage\UsageDailyTable;
use Draftkeeper\Usage\UsageStore;
use Draftkeeper\Usage\UsageTable;
use WP_REST_Response;

/** A connected site with a gateway that remembers what it is asked. Routes run on the real clock, a sweep on `$this->clock`. */
abstract class JobsTestCase extends IntegrationTestCase {
	protected const SECRET = 'whsec_ZHJhZnRrZWVwZXItdGVzdC1zZWNyZXQtbnVtYmVyLTE=';

	private static string $signing_key = '';

	protected FakeGateway $gateway;

	/** Unix seconds of the objects made here. */
	protected int $clock;

	private ?string $turn_file = null;

	protected JobStore $jobs;
	protected LeaseStore $leases;
	protected JobOffers $offers;
	protected JobResults $results;
	protected Budgets $budgets;

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->gateway = new FakeGateway();
		$this->gateway->register();
		$this->clock = time();
		$this->compose();
	}

	protected function tearDown(): void {
		foreach ( array( 'GATEWAY_URL', 'SITE_ID', 'KEY_ID', 'SIGNING_KEY', 'WEBHOOK_SECRET' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
		}
		if ( null !== $this->turn_file ) {
			unlink( $this->turn_file );
		}
		parent::tearDown();
	}

	protected function connect(): void {
		putenv( 'DRAFTKEEPER_GATEWAY_URL=' . FakeGateway::URL . '/' );
		putenv( 'DRAFTKEEPER_SITE_ID=site-1' );
		putenv( 'DRAFTKEEPER_KEY_ID=key-1' );
		putenv( 'DRAFTKEEPER_SIGNING_KEY=' . self::signing_key() );
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET=' . self::SECRET );
	}

	/** A key of this run. The configuration is for a PHP that brings no openssl.cnf. */
	protected static function signing_key(): string {
		if ( '' === self::$signing_key ) {
			$config = (string) tempnam( sys_get_temp_dir(), 'openssl' );
			file_put_contents( $config, "[req]\ndefault_bits=2048\ndistinguished_name=dn\n[dn]\n" );
			$options = array( 'private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1', 'private_key_bits' => 2048, 'config' => $config );
			$key     = openssl_pkey_new( $options );
			self::assertNotFalse( $key );
			openssl_pkey_export( $key, self::$signing_key, null, $options );
			unlink( $config );
		}
		return self::$signing_key;
	}

	/**
	 * A body for `POST /jobs`.
	 *
	 * @param array<string, mixed> $changes
	 * @return array<string, mixed>
	 */
	protected static function body_of_job( array $changes = array() ): array {
		$facts = array(
			'name'          => 'Oak side table',
			'sku'           => 'TB-042',
			'categories'    => array( 'Furniture' ),
			'tags'          => array(),
			'attributes'    => array( array( 'name' => 'Width', 'value' => '42', 'unit' => 'cm' ) ),
			'price'         => null,
			'images'        => array(),
			'existing_text' => null,
		);
		return $changes + array( 'task' => 'product_description', 'input' => array( 'facts' => $facts ) );
	}

	/**
	 * Sends `POST /jobs` as the current user.
	 *
	 * @param array<string, mixed> $changes
	 */
	protected function create( array $changes = array(), ?string $key = null ): WP_REST_Response {
		return $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job( $changes ), array( 'Idempotency-Key' => $key ?? wp_generate_uuid4() ) );
	}

	/**
	 * Creates a job as the current user and returns its id; the fake gateway has taken it.
	 *
	 * @param array<string, mixed> $changes
	 */
	protected function created( array $changes = array() ): string {
		$response = $this->create( $changes );
		self::assertSame( 201, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		return $response->get_data()['uuid'];
	}

	/**
	 * A `finished_job` of the contract.
	 *
	 * @param array<string, mixed> $outcome
	 * @param array<string, mixed> $changes
	 * @return array<string, mixed>
	 */
	protected static function finished( string $uuid, array $outcome = array( 'status' => 'succeeded', 'text' => 'A small oak table, 42 cm wide.', 'sample' => false ), array $changes = array() ): array {
		$has_succeeded = 'succeeded' === $outcome['status'];
		$attempt       = array(
			'attempt'     => 1,
			'provider'    => 'local',
			'model'       => 'small',
			'status'      => $outcome['status'],
			'error_code'  => $has_succeeded ? null : ( $outcome['code'] ?? null ),
			'tokens_in'   => 350,
			'tokens_out'  => 180,
			'cost_micros' => 160,
			'cached'      => false,
			'queue_ms'    => 12,
			'provider_ms' => 3100,
			'started_at'  => gmdate( 'Y-m-d\TH:i:s\Z' ),
		);
		return $changes + array(
			'uuid'               => $uuid,
			'request_id'         => wp_generate_uuid4(),
			'outcome'            => $outcome,
			'attempts'           => array( $attempt ),
			'maybe_billed_twice' => false,
			'finished_at'        => gmdate( 'Y-m-d\TH:i:s\Z' ),
		);
	}

	/**
	 * Delivers a webhook, signed as the gateway signs it.
	 *
	 * @param array<string, mixed>       $finished
	 * @param array<string, string|null> $headers instead of the right ones.
	 */
	protected function deliver( array $finished, string $id = 'msg_1', array $headers = array() ): WP_REST_Response {
		$body = (string) wp_json_encode( array( 'type' => 'job.finished', 'timestamp' => gmdate( 'Y-m-d\TH:i:s\Z' ), 'contract_version' => 1, 'data' => $finished ) );
		return $this->deliver_raw( $body, $id, $headers );
	}

	/** @param array<string, string|null> $headers */
	protected function deliver_raw( string $body, string $id = 'msg_1', array $headers = array() ): WP_REST_Response {
		$before = get_current_user_id();
		wp_set_current_user( 0 );
		$time = (string) time();
		try {
			return $this->dispatch( 'POST', '/draftkeeper/v1/webhooks/gateway', $body, $headers + self::signature( $id, $time, $body ) );
		} finally {
			wp_set_current_user( $before );
		}
	}

	/** @return array<string, string> */
	protected static function signature( string $id, string $time, string $body, string $secret = self::SECRET ): array {
		$key = (string) base64_decode( substr( $secret, 6 ), true );
		return array(
			'webhook-id'        => $id,
			'webhook-timestamp' => $time,
			'webhook-signature' => 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", $key, true ) ),
		);
	}

	/** @return object the job as its route answers it; it fits the contract. */
	protected function read( string $uuid ): object {
		$response = $this->dispatch( 'GET', "/draftkeeper/v1/jobs/$uuid" );
		self::assertSame( 200, $response->get_status() );
		$body = self::body( $response );
		self::assertSame( array(), Contract::check( 'job', $body ) );
		return $body;
	}

	/** @return array<string, string|null> */
	protected function row( string $uuid ): array {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}draftkeeper_jobs WHERE uuid = %s", $uuid ), ARRAY_A );
	}

	/** @param array<string, string|int|null> $columns */
	protected function set_row( string $uuid, array $columns ): void {
		global $wpdb;
		$wpdb->update( "{$wpdb->prefix}draftkeeper_jobs", $columns, array( 'uuid' => $uuid ) );
	}

	protected function count_rows( string $table = 'jobs' ): int {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}draftkeeper_$table" );
	}

	/** A stored job as the store reads it. */
	protected function job( string $uuid ): Job {
		return $this->jobs->find( $uuid ) ?? throw new \LogicException( "No job $uuid." );
	}

	protected function sweep(): void {
		// Never behind the routes, which have written their times by the real clock.
		$this->clock = max( $this->clock, time() );
		global $wpdb;
		$now          = fn() => $this->clock;
		$transactions = new Transactions( $wpdb );
		$reservations = new ReservationCount( new BudgetStore( $wpdb, new BudgetTable( $wpdb ), new JobTable( $wpdb ), $transactions ), $transactions, $now );
		( new Sweep( $this->leases, $this->offers, $this->results, new Connection(), $reservations, new CostRateStore( $wpdb, new UsageDailyTable( $wpdb ), $now ), $now ) )->run();
	}

	/** Runs what waits for the end of the request. */
	protected function finish_request(): void {
		foreach ( $GLOBALS['wp_filter']['shutdown'][100] ?? array() as $callback ) {
			call_user_func( $callback['function'] );
		}
		remove_all_actions( 'shutdown', 100 );
	}

	/** How many queries `$work` costs. */
	protected static function queries_of( callable $work ): int {
		global $wpdb;
		$before = $wpdb->num_queries;
		$work();
		return $wpdb->num_queries - $before;
	}

	/** @param array<string, mixed>|null $details */
	protected static function assert_error( string $code, int $status, WP_REST_Response $response, ?array $details = null ): void {
		$data = json_decode( (string) wp_json_encode( $response->get_data() ), true );
		self::assertSame( array( $code, $status ), array( $data['code'] ?? null, $response->get_status() ), (string) wp_json_encode( $data ) );
		self::assertSame( $response->get_headers()['X-Request-ID'] ?? null, $data['data']['request_id'] ?? 'none' );
		self::assertNotSame( '', $data['message'] );
		foreach ( $details ?? array() as $name => $value ) {
			self::assertSame( $value, $data['data'][ $name ] ?? null );
		}
	}

	/** Offers of new jobs, on `$this->clock`, which `$pause` may move on. */
	protected function joined_offers( AfterResponse $after, ?OfferTurn $turn = null, ?Closure $pause = null ): JoinedOffers {
		return new JoinedOffers( $this->offers, $this->jobs, $this->leases, $turn ?? new OfferTurn( $this->turn_file() ), $after, fn() => $this->clock, $pause ?? static function (): void {} );
	}

	/** Not the one of the site: tests may run beside each other. */
	protected function turn_file(): string {
		return $this->turn_file ??= (string) tempnam( sys_get_temp_dir(), 'draftkeeper' );
	}

	/** What lets jobs in, on `$this->clock`. */
	protected function admission(): JobAdmission {
		global $wpdb;
		$now          = fn() => $this->clock;
		$transactions = new Transactions( $wpdb );
		$limit        = new JobLimit( new LimitSettings(), new TransientRowStore( $wpdb, $transactions ), $now );
		return new JobAdmission( $this->jobs, $transactions, $limit, $this->budgets, new Estimate( new ModelCatalogue( new Connection() ), new CostRateStore( $wpdb, new UsageDailyTable( $wpdb ), $now ) ) );
	}

	private function compose(): void {
		global $wpdb;
		$now           = fn() => $this->clock;
		$transactions  = new Transactions( $wpdb );
		$connection    = new Connection();
		$health        = new GatewayHealth( $now );
		$table         = new JobTable( $wpdb );
		$this->budgets = new Budgets( new LimitSettings(), new BudgetStore( $wpdb, new BudgetTable( $wpdb ), $table, $transactions ), $now );
		$this->jobs    = new JobStore( $wpdb, $table, $transactions, $now, $this->budgets );
		$this->leases  = new LeaseStore( $wpdb, $table, $transactions, $now );
		$this->results = new JobResults( $this->jobs, $transactions, new UsageStore( $wpdb, new UsageTable( $wpdb ), $now, Books::rollup(), $transactions ), $this->budgets );
		$this->offers  = new JobOffers( new GatewayClient( $connection, new TokenSigner( $connection ), $health ), $this->jobs, $this->leases, $this->results );
	}
}
