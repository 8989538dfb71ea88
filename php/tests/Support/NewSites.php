<?php

namespace Draftkeeper\Tests\Support;

/** Sites that a test of a network makes. Their tables end its transaction, so the sites are taken away by hand. */
trait NewSites {
	/** @var list<int> */
	private array $sites = array();

	private function site(): int {
		$this->allow_schema_changes();
		// On SQLite WordPress itself takes a site for one that was never made.
		if ( ! is_multisite() || ( defined( 'DB_ENGINE' ) && 'sqlite' === DB_ENGINE ) ) {
			self::markTestSkipped( 'Needs a network on MySQL or MariaDB: DRAFTKEEPER_TEST_NETWORK=1 (php/tests/README.md).' );
		}
		$id = wp_insert_site( array( 'domain' => 'example.test', 'path' => '/' . bin2hex( random_bytes( 4 ) ) . '/', 'network_id' => 1, 'user_id' => 1 ) );
		self::assertIsInt( $id );
		// WordPress describes tables before it makes them.
		$this->take_database_errors();
		// The comment keeps this transaction from being nested in the one that is no more.
		$GLOBALS['wpdb']->query( 'START TRANSACTION /* again */' );
		$this->sites[] = $id;
		return $id;
	}

	private function delete_sites(): void {
		foreach ( $this->sites as $site_id ) {
			if ( null !== get_site( $site_id ) ) {
				wp_delete_site( $site_id );
			}
		}
	}
}
