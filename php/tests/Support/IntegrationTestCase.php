<?php

namespace Draftkeeper\Tests\Support;

use PHPUnit\Framework\TestCase;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;
use WP_SQLite_DB;

/** A test inside WordPress: a transaction that is rolled back, hooks restored, caches emptied. */
abstract class IntegrationTestCase extends TestCase {
	private const RESTORED = array( 'wp_filter', 'wp_actions', 'wp_filters', 'wp_current_filter', 'wp_post_types', 'wp_taxonomies', '_wp_post_type_features', 'wp_meta_keys', 'wp_scripts', 'wp_styles' );

	private const SAVEPOINT = 'draftkeeper_test';

	/** Set at the start; gone when something has ended the transaction. */
	private const WHOLE_TEST = 'draftkeeper_whole_test';

	private bool $has_lost_transaction = false;

	private bool $may_end_transaction = false;

	/** @var array<string, mixed> */
	private array $globals = array();

	/** @var array<string, mixed> */
	private array $superglobals = array();

	/** @var list<string> */
	private array $complaints = array();

	/** @var list<string> */
	private array $expected_complaints = array();

	private bool $may_use_network = false;

	protected function setUp(): void {
		parent::setUp();
		if ( ! defined( 'WP_CONTENT_DIR' ) ) {
			self::fail( 'Integration tests need a WordPress: set DRAFTKEEPER_TEST_WP (php/tests/README.md).' );
		}

		$this->superglobals = array( $_GET, $_POST, $_COOKIE, $_SERVER, $_REQUEST );
		foreach ( self::RESTORED as $name ) {
			$this->globals[ $name ] = self::copy( $GLOBALS[ $name ] ?? null );
		}

		$GLOBALS['wpdb']->query( 'START TRANSACTION' );
		$GLOBALS['wpdb']->query( 'SAVEPOINT ' . self::WHOLE_TEST );
		$GLOBALS['wpdb']->suppress_errors( true );
		$GLOBALS['EZSQL_ERROR'] = array();
		$this->forget_state();

		add_filter( 'query', $this->nest_transactions( ... ), PHP_INT_MAX );
		add_filter( 'pre_http_request', $this->refuse_network( ... ), PHP_INT_MAX, 3 );
		add_filter( 'pre_wp_mail', '__return_true' );
		// The strength of a password costs most of the time that a test user takes.
		add_filter( 'wp_hash_password_options', static fn() => array( 'cost' => 4 ) );
		foreach ( array( 'doing_it_wrong', 'deprecated_function', 'deprecated_hook', 'deprecated_argument' ) as $kind ) {
			add_filter( "{$kind}_trigger_error", '__return_false' );
			add_action( "{$kind}_run", fn( string $subject, mixed $message = '' ) => $this->complain( $kind, $subject, $message ), 10, 2 );
		}
	}

	protected function tearDown(): void {
		if ( ! defined( 'WP_CONTENT_DIR' ) ) {
			return;
		}
		foreach ( $this->globals as $name => $value ) {
			$GLOBALS[ $name ] = $value;
		}
		$GLOBALS['wpdb']->query( 'ROLLBACK' );
		$GLOBALS['wpdb']->suppress_errors( false );
		$this->forget_state();
		list( $_GET, $_POST, $_COOKIE, $_SERVER, $_REQUEST ) = $this->superglobals;
		parent::tearDown();
	}

	protected function assertPostConditions(): void {
		$unexpected = array_filter(
			$this->complaints,
			fn( string $complaint ) => ! array_filter( $this->expected_complaints, fn( string $part ) => str_contains( $complaint, $part ) )
		);
		self::assertSame( array(), array_values( $unexpected ), 'WordPress, the database or the network complained.' );
		self::assertSame( array(), $GLOBALS['EZSQL_ERROR'] ?? array(), 'A query failed.' );
		$this->keep_transaction();
		$is_whole = ! $this->has_lost_transaction && false !== $GLOBALS['wpdb']->query( 'RELEASE SAVEPOINT ' . self::WHOLE_TEST );
		self::assertTrue( $is_whole || $this->may_end_transaction, 'The transaction of this test has ended within it: what was written before is kept for the tests that follow, or is lost.' );
	}

	/** A user with this role; `$fields` as for `wp_insert_user()`. */
	protected function user( string $role, array $fields = array() ): int {
		static $number = 0;
		$login = $role . ( ++$number );
		$id    = wp_insert_user( $fields + array( 'user_login' => $login, 'user_pass' => 'password', 'user_email' => "$login@example.test", 'role' => $role ) );
		self::assertIsInt( $id );
		return $id;
	}

	/** Makes a user and acts as that user from here on. */
	protected function act_as( string $role ): int {
		$id = $this->user( $role );
		wp_set_current_user( $id );
		return $id;
	}

	/** A post; `$fields` as for `wp_insert_post()`. */
	protected function post( array $fields = array() ): int {
		$id = wp_insert_post( wp_slash( $fields + array( 'post_title' => 'A post', 'post_status' => 'publish', 'post_author' => get_current_user_id() ) ), true );
		self::assertIsInt( $id );
		return $id;
	}

	/**
	 * Writes many rows at once into a table of ours.
	 *
	 * @param list<array<string, string|int|null>> $rows with the same columns in the same order.
	 */
	protected function insert( string $table, array $rows ): void {
		global $wpdb;
		$literal = static fn( string|int|null $value ): string => null === $value ? 'NULL' : $wpdb->prepare( '%s', $value );
		foreach ( array_chunk( $rows, 500 ) as $chunk ) {
			$values = array_map( static fn( array $row ) => '(' . implode( ', ', array_map( $literal, $row ) ) . ')', $chunk );
			$wpdb->query( "INSERT INTO $wpdb->prefix$table (" . implode( ', ', array_keys( $chunk[0] ) ) . ') VALUES ' . implode( ', ', $values ) );
		}
	}

	/**
	 * Sends a request through the REST server, as `serve_request()` does but for the output.
	 *
	 * @param string                     $route   '/draftkeeper/v1/jobs'; a query string may follow.
	 * @param array|object|string|null   $body    a string goes out as it is, anything else as JSON.
	 * @param array<string, string|null> $headers
	 */
	protected function dispatch( string $method, string $route, array|object|string|null $body = null, array $headers = array() ): WP_REST_Response {
		$parts   = explode( '?', $route, 2 );
		$request = new WP_REST_Request( $method, $parts[0] );
		$query   = array();
		parse_str( $parts[1] ?? '', $query );
		$request->set_query_params( $query );
		if ( null !== $body ) {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( is_string( $body ) ? $body : (string) wp_json_encode( $body ) );
		}
		foreach ( $headers as $name => $value ) {
			null === $value ? $request->remove_header( $name ) : $request->set_header( $name, $value );
		}

		$server   = rest_get_server();
		$response = rest_ensure_response( apply_filters( 'rest_post_dispatch', $server->dispatch( $request ), $server, $request ) );
		return $response instanceof WP_Error ? rest_convert_error_to_response( $response ) : $response;
	}

	/**
	 * The same, as a browser with the login cookie of the current user would send it: the nonce decides who that is.
	 */
	protected function dispatch_from_browser( string $method, string $route, array|object|string|null $body = null, ?string $nonce = null ): WP_REST_Response {
		global $wp_rest_auth_cookie;
		$wp_rest_auth_cookie = true;
		unset( $_SERVER['HTTP_X_WP_NONCE'], $_REQUEST['_wpnonce'] );
		if ( null !== $nonce ) {
			$_SERVER['HTTP_X_WP_NONCE'] = $nonce;
		}
		$check = rest_get_server()->check_authentication();
		return is_wp_error( $check ) ? rest_convert_error_to_response( $check ) : $this->dispatch( $method, $route, $body );
	}

	/** The body of a response as it goes over the wire: objects stay objects. */
	protected static function body( WP_REST_Response $response ): mixed {
		return json_decode( (string) wp_json_encode( rest_get_server()->response_to_data( $response, false ) ), false );
	}

	/** Lets this test reach the network; otherwise a request that no filter answers fails the test. */
	protected function allow_network(): void {
		$this->may_use_network = true;
	}

	/** This test changes the schema, which ends a transaction on MySQL, and puts back itself what it has written. */
	protected function allow_schema_changes(): void {
		$this->may_end_transaction = true;
	}

	/** A complaint of WordPress ("doing it wrong", a deprecation) that contains this text is part of the test. */
	protected function expect_complaint( string $text ): void {
		$this->expected_complaints[] = $text;
	}

	/** Forgets failed queries that the test has provoked, and returns them. On SQLite everything before them is undone. */
	protected function take_database_errors(): array {
		$errors                     = $GLOBALS['EZSQL_ERROR'];
		$GLOBALS['EZSQL_ERROR']     = array();
		$this->keep_transaction();
		$this->has_lost_transaction = false;
		return $errors;
	}

	/** A transaction of the code under test becomes a savepoint inside the test's own. */
	private function nest_transactions( string $query ): string {
		$this->keep_transaction();
		return match ( strtoupper( trim( $query, " \t\n;" ) ) ) {
			'START TRANSACTION', 'BEGIN' => 'SAVEPOINT ' . self::SAVEPOINT,
			'COMMIT' => 'RELEASE SAVEPOINT ' . self::SAVEPOINT,
			'ROLLBACK' => 'ROLLBACK TO SAVEPOINT ' . self::SAVEPOINT,
			default => $query,
		};
	}

	/**
	 * On SQLite, WordPress's driver rolls everything back when one statement fails. What follows is then kept for ever, unless it is in a
	 * transaction again. Whether the loss was meant is asked at the end of the test.
	 */
	private function keep_transaction(): void {
		if ( $GLOBALS['wpdb'] instanceof WP_SQLite_DB && ! $GLOBALS['wpdb']->dbh->inTransaction() ) {
			$this->has_lost_transaction = true;
			$GLOBALS['wpdb']->dbh->query( 'START TRANSACTION' );
			$GLOBALS['wpdb']->dbh->query( 'SAVEPOINT ' . self::WHOLE_TEST );
		}
	}

	private function refuse_network( mixed $answer, array $arguments, string $url ): mixed {
		if ( false !== $answer || $this->may_use_network ) {
			return $answer;
		}
		$this->complaints[] = "network: no answer was prepared for {$arguments['method']} $url";
		return new WP_Error( 'http_request_failed', 'No network in tests.' );
	}

	private function complain( string $kind, string $subject, mixed $message ): void {
		$this->complaints[] = "$kind: $subject " . ( is_string( $message ) ? wp_strip_all_tags( $message ) : '' );
	}

	private function forget_state(): void {
		wp_cache_flush();
		wp_set_current_user( 0 );
		$GLOBALS['wp_rest_server']      = null;
		$GLOBALS['wp_rest_auth_cookie'] = null;
		$_GET     = array();
		$_POST    = array();
		$_COOKIE  = array();
		$_REQUEST = array();
	}

	/** Hooks are objects in an array: copied one level deep, so that a restored one is what it was. */
	private static function copy( mixed $value ): mixed {
		return is_array( $value ) ? array_map( fn( mixed $item ) => is_object( $item ) ? clone $item : $item, $value ) : $value;
	}
}
