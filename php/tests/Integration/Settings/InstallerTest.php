<?php

namespace Draftkeeper\Tests\Integration\Settings;

use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Plugin;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Uninstaller;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use WP_Upgrader;

final class InstallerTest extends IntegrationTestCase {
	protected function tearDown(): void {
		parent::tearDown();
		// The roles live in memory too.
		wp_roles()->for_site();
	}

	public function test_the_roles_may_what_they_should(): void {
		$may = static fn( string $role ) => array_values( array_filter( Capability::ALL, static fn( string $capability ) => get_role( $role )->has_cap( $capability ) ) );
		self::assertSame( Capability::ALL, $may( 'administrator' ) );
		self::assertSame( array( Capability::GENERATE ), $may( 'editor' ) );
		self::assertSame( array( Capability::GENERATE ), $may( 'author' ) );
		self::assertSame( array(), $may( 'contributor' ) );
		self::assertSame( array(), $may( 'subscriber' ) );
	}

	public function test_a_shop_that_comes_later_gets_its_managers_in_and_what_was_taken_away_stays_away(): void {
		get_role( 'author' )->remove_cap( Capability::GENERATE );
		add_role( 'shop_manager', 'Shop manager' );
		Capability::grant();
		self::assertTrue( get_role( 'shop_manager' )->has_cap( Capability::GENERATE ) );
		self::assertFalse( get_role( 'author' )->has_cap( Capability::GENERATE ) );
		remove_role( 'shop_manager' );
	}

	public function test_an_update_brings_tables_to_their_version_and_a_usual_request_asks_nothing(): void {
		global $wpdb;
		self::assertNotEmpty( $wpdb->get_results( "SHOW COLUMNS FROM {$wpdb->prefix}draftkeeper_jobs" ) );
		$stored = get_option( 'draftkeeper_schema' );
		self::assertIsString( $stored );
		wp_load_alloptions();
		$before = $wpdb->num_queries;
		$this->run_upgrade();
		self::assertSame( $before, $wpdb->num_queries );

		update_option( 'draftkeeper_schema', 'jobs 0, usage 0, budget 0' );
		$this->run_upgrade();
		self::assertSame( $stored, get_option( 'draftkeeper_schema' ) );
	}

	public function test_one_request_upgrades_while_others_go_on_and_another_one_when_it_was_killed(): void {
		require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
		$stored = get_option( 'draftkeeper_schema' );
		update_option( 'draftkeeper_schema', 'jobs 0' );
		self::assertTrue( WP_Upgrader::create_lock( 'draftkeeper_schema', 300 ) );
		$this->run_upgrade();
		self::assertSame( 'jobs 0', get_option( 'draftkeeper_schema' ) );

		update_option( 'draftkeeper_schema.lock', time() - 301 );
		$this->run_upgrade();
		self::assertSame( $stored, get_option( 'draftkeeper_schema' ) );
		self::assertFalse( get_option( 'draftkeeper_schema.lock' ) );
	}

	public function test_tables_that_the_database_did_not_change_are_not_taken_for_changed(): void {
		update_option( 'draftkeeper_schema', 'jobs 0' );
		add_filter( 'dbdelta_create_queries', $novelty = static fn( array $queries ): array => str_replace( 'PRIMARY KEY  (id)', "novelty int(10) DEFAULT NULL,\nPRIMARY KEY  (id)", $queries ) );
		add_filter( 'query', $refuse = static fn( string $sql ): string => str_starts_with( $sql, 'ALTER TABLE' ) ? 'SELECT 1' : $sql );
		$log  = ini_set( 'error_log', (string) $file = tempnam( sys_get_temp_dir(), 'draftkeeper' ) );
		$this->run_upgrade();
		$this->run_upgrade();
		ini_set( 'error_log', (string) $log );
		$lines = (string) file_get_contents( $file );
		unlink( $file );
		self::assertSame( 'jobs 0', get_option( 'draftkeeper_schema' ) );
		self::assertSame( 1, substr_count( $lines, 'novelty' ), 'tried once, not by every request' );
		self::assertSame( 'critical', Plugin::checks()->local()['tables']()->level->value );

		remove_filter( 'query', $refuse );
		remove_filter( 'dbdelta_create_queries', $novelty );
		update_option( 'draftkeeper_schema.lock', time() - 301 );
		$this->run_upgrade();
		self::assertSame( 'good', Plugin::checks()->local()['tables']()->level->value );
	}

	public function test_uninstalling_takes_the_options_and_leaves_the_books(): void {
		global $wpdb;
		update_option( 'draftkeeper_gateway_url', 'https://gateway.example.com' );
		wp_schedule_event( time(), 'draftkeeper_minute', SweepSchedule::HOOK );
		defined( 'WP_UNINSTALL_PLUGIN' ) || define( 'WP_UNINSTALL_PLUGIN', plugin_basename( DRAFTKEEPER_FILE ) );
		require DRAFTKEEPER_DIR . '/uninstall.php';
		self::assertFalse( wp_next_scheduled( SweepSchedule::HOOK ) );
		self::assertFalse( get_role( 'administrator' )->has_cap( Capability::MANAGE ) );
		self::assertSame( '0', (string) $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'draftkeeper%'" ) );
		self::assertNotEmpty( $wpdb->get_results( "SHOW COLUMNS FROM {$wpdb->prefix}draftkeeper_jobs" ) );
	}

	public function test_uninstalling_deletes_everything_where_a_site_has_said_so_and_only_then(): void {
		global $wpdb;
		$dropped = array();
		// A table that is really dropped would be missing in the next test.
		add_filter( 'query', static function ( string $query ) use ( &$dropped ): string {
			if ( ! str_starts_with( $query, 'DROP TABLE' ) ) {
				return $query;
			}
			$dropped[] = preg_replace( '/.*_draftkeeper_(\w+).*/', '$1', $query );
			return 'SELECT 1';
		} );
		$folder     = new ArchiveFolder();
		$path       = $folder->make();
		$uninstaller = new Uninstaller( $wpdb, $folder );
		foreach ( array( 'keep', 'yes please', '1' ) as $setting ) {
			update_option( 'draftkeeper_on_uninstall', $setting );
			$uninstaller->run();
			self::assertSame( array(), $dropped, $setting );
			self::assertDirectoryExists( $path );
		}
		update_option( 'draftkeeper_on_uninstall', 'delete' );
		set_transient( 'draftkeeper_something', 1, 60 );
		$uninstaller->run();
		sort( $dropped );
		self::assertSame( array( 'budget', 'jobs', 'usage_daily', 'usage_log' ), $dropped );
		self::assertDirectoryDoesNotExist( $path );
		self::assertSame( '0', (string) $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%draftkeeper%'" ) );

		putenv( 'DRAFTKEEPER_ON_UNINSTALL=keep' );
		try {
			update_option( 'draftkeeper_on_uninstall', 'delete' );
			self::assertSame( array( 'keep', true ), array( Uninstaller::setting(), Uninstaller::is_locked() ) );
		} finally {
			putenv( 'DRAFTKEEPER_ON_UNINSTALL' );
		}
	}

	private function run_upgrade(): void {
		foreach ( $GLOBALS['wp_filter']['init'][1] as $callback ) {
			call_user_func( $callback['function'] );
		}
	}
}
