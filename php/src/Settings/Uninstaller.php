<?php

namespace Draftkeeper\Settings;

use Draftkeeper\Jobs\OfferTurn;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Retention\ArchiveFolder;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** What goes when the plugin is deleted: schedule, roles and settings always; jobs, books and archives where a site has said so. */
final class Uninstaller {
	/** Set to `delete`, everything goes; the constant or the environment of the same name wins. */
	private const OPTION   = 'draftkeeper_on_uninstall';
	private const CONSTANT = 'DRAFTKEEPER_ON_UNINSTALL';

	public function __construct( private readonly wpdb $database, private readonly ArchiveFolder $archives ) {}

	/** `keep` or `delete`, for the current site. What is neither deletes nothing. */
	public static function setting(): string {
		$value = defined( self::CONSTANT ) ? constant( self::CONSTANT ) : getenv( self::CONSTANT );
		return 'delete' === ( false === $value ? get_option( self::OPTION, 'keep' ) : $value ) ? 'delete' : 'keep';
	}

	public static function is_locked(): bool {
		return defined( self::CONSTANT ) || false !== getenv( self::CONSTANT );
	}

	/** Every site of a network by its own setting. */
	public function run(): void {
		if ( ! is_multisite() ) {
			$this->clear_site();
			return;
		}
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $site_id ) {
			switch_to_blog( $site_id );
			$this->clear_site();
			restore_current_blog();
		}
	}

	/**
	 * All tables of a site, whichever version made them.
	 *
	 * @return list<string>
	 */
	public function tables( string $prefix ): array {
		return array_values( array_filter( $this->database->get_col( $this->database->prepare( 'SHOW TABLES LIKE %s', $this->database->esc_like( "{$prefix}draftkeeper_" ) . '%' ) ), is_string( ... ) ) );
	}

	private function clear_site(): void {
		$deletes_all = 'delete' === self::setting();
		SweepSchedule::clear();
		Capability::revoke();
		OfferTurn::forget();
		if ( $deletes_all ) {
			$this->archives->delete();
			foreach ( $this->tables( $this->database->prefix ) as $table ) {
				$this->database->query( $this->database->prepare( 'DROP TABLE IF EXISTS %i', $table ) );
			}
		}
		$names = array();
		foreach ( array( 'draftkeeper_', '_transient_draftkeeper_', '_transient_timeout_draftkeeper_' ) as $prefix ) {
			$names = array_merge( $names, $this->database->get_col( $this->database->prepare( 'SELECT option_name FROM %i WHERE option_name LIKE %s', $this->database->options, $this->database->esc_like( $prefix ) . '%' ) ) );
		}
		array_map( delete_option( ... ), array_filter( $names, is_string( ... ) ) );
	}
}
