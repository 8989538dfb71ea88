<?php

namespace Draftkeeper\Tests\Integration\Settings;

use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\Uninstaller;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\NewSites;
use Draftkeeper\Usage\UsageQuery;
use PHPUnit\Framework\Attributes\Group;

#[Group( 'network' )]
final class NetworkSitesTest extends IntegrationTestCase {
	use NewSites;

	private const TABLES = array( 'budget', 'jobs', 'usage_daily', 'usage_log' );

	protected function tearDown(): void {
		$this->delete_sites();
		parent::tearDown();
	}

	public function test_a_new_site_has_its_own_tables_roles_and_books_and_takes_them_along(): void {
		global $wpdb;
		$site = $this->site();
		self::assertSame( self::TABLES, self::tables( $site ) );
		switch_to_blog( $site );
		self::assertTrue( get_role( 'editor' )->has_cap( Capability::GENERATE ) );
		Books::at( '2026-02-28 09:30:00' )->record( Books::job( 1 ), array( Books::attempt() ) );
		self::assertSame( 1, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
		restore_current_blog();
		self::assertSame( 0, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );

		wp_delete_site( $site );
		self::assertSame( array(), self::tables( $site ) );
		self::assertSame( self::TABLES, self::tables( get_main_site_id() ) );
		self::assertNotEmpty( $wpdb->get_results( "SHOW COLUMNS FROM {$wpdb->prefix}draftkeeper_jobs" ) );
	}

	public function test_work_for_a_site_that_is_only_switched_to_does_not_wait_until_the_request_is_on_another_one(): void {
		$after = new AfterResponse( true );
		self::assertTrue( $after->is_free() );
		switch_to_blog( $this->site() );
		self::assertFalse( $after->is_free() );
		restore_current_blog();
		self::assertTrue( $after->is_free() );
	}

	public function test_somebody_who_leaves_the_network_is_forgotten_on_every_site(): void {
		require_once ABSPATH . 'wp-admin/includes/ms.php';
		require_once ABSPATH . 'wp-admin/includes/user.php';
		$site = $this->site();
		$user = $this->user( 'editor' );
		switch_to_blog( $site );
		Books::at( '2026-02-28 09:30:00' )->record( Books::job( $user ), array( Books::attempt() ) );
		restore_current_blog();
		wpmu_delete_user( $user );
		switch_to_blog( $site );
		self::assertSame( array(), Books::rollup()->user_ids() );
		self::assertSame( 1, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
		restore_current_blog();
	}

	public function test_each_site_is_uninstalled_by_its_own_setting(): void {
		global $wpdb;
		$kept    = $this->site();
		$deleted = $this->site();
		update_blog_option( $deleted, 'draftkeeper_on_uninstall', 'delete' );
		( new Uninstaller( $wpdb, new ArchiveFolder() ) )->run();
		self::assertSame( array( self::TABLES, array() ), array( self::tables( $kept ), self::tables( $deleted ) ) );
		self::assertFalse( get_blog_option( $kept, 'draftkeeper_schema' ) );
		self::assertSame( self::TABLES, self::tables( get_main_site_id() ) );
		do_action( 'activate_' . plugin_basename( DRAFTKEEPER_FILE ), true );
	}

	/** @return list<string> */
	private static function tables( int $site_id ): array {
		global $wpdb;
		$prefix = $wpdb->get_blog_prefix( $site_id ) . 'draftkeeper_';
		$names  = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $prefix ) . '%' ) );
		sort( $names );
		return array_map( static fn( string $name ) => substr( $name, strlen( $prefix ) ), $names );
	}
}
