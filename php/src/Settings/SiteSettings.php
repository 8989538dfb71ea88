<?php

namespace Draftkeeper\Settings;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Privacy\Redaction;
use Draftkeeper\Retention\RetentionSettings;
use Draftkeeper\Streams\StreamTickets;
use Draftkeeper\Streams\StreamTroubles;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** What administrators set on the settings screen: an option each, `draftkeeper_…`; the constant `DRAFTKEEPER_…` wins and locks it. */
final class SiteSettings {
	public function __construct( private readonly Connection $connection, private readonly RetentionSettings $retention ) {}

	/** @return array<string, mixed> the contract's `settings`: what is in force. */
	public function shape(): array {
		return array(
			'gateway_url'  => $this->connection->gateway_url(),
			'site_id'      => $this->connection->site_id(),
			'key_id'       => $this->connection->key_id(),
			'text_days'    => $this->retention->text_days(),
			'row_days'     => $this->retention->row_days(),
			'redaction'    => Redaction::is_on(),
			'streaming'    => StreamTickets::is_wanted(),
			'on_uninstall' => Uninstaller::setting(),
		);
	}

	/** @return array<string, string> the constant that has set a setting, by setting; also where the environment has. */
	public function locked(): array {
		$is_locked = array(
			'gateway_url'  => $this->connection->is_locked( 'DRAFTKEEPER_GATEWAY_URL' ),
			'site_id'      => $this->connection->is_locked( 'DRAFTKEEPER_SITE_ID' ),
			'key_id'       => $this->connection->is_locked( 'DRAFTKEEPER_KEY_ID' ),
			'text_days'    => RetentionSettings::is_locked( 'text_days' ),
			'row_days'     => RetentionSettings::is_locked( 'row_days' ),
			'redaction'    => Redaction::is_locked(),
			'streaming'    => StreamTickets::is_locked(),
			'on_uninstall' => Uninstaller::is_locked(),
		);
		$names     = array_keys( array_filter( $is_locked ) );
		return array_combine( $names, array_map( static fn( string $name ) => 'DRAFTKEEPER_' . strtoupper( $name ), $names ) );
	}

	/**
	 * Stores a `settings` body. What is locked must be sent as it is, and is not stored.
	 *
	 * @throws ApiError `setting_locked`, `invalid_body` with a sentence for each field.
	 */
	public function save( stdClass $body ): void {
		$wanted              = get_object_vars( $body );
		$wanted['gateway_url'] = rtrim( trim( $wanted['gateway_url'] ), '/' );
		$wanted['site_id']   = trim( $wanted['site_id'] );
		$wanted['key_id']    = trim( $wanted['key_id'] );
		$locked              = array_intersect_key( $wanted, $this->locked() );
		$changed             = array_keys( array_diff_assoc( array_map( 'wp_json_encode', $locked ), array_map( 'wp_json_encode', $this->shape() ) ) );
		if ( array() !== $changed ) {
			throw new ApiError( ErrorCode::SettingLocked, 409, __( 'The configuration of this site sets this, so it cannot be changed here. Change it in wp-config.php or in the environment.', 'draftkeeper' ), array( 'settings' => $changed ) );
		}
		$wanted   = array_diff_key( $wanted, $locked );
		$problems = array();
		foreach ( array( 'gateway_url' => GatewayAddress::problem( ... ), 'site_id' => SiteName::problem( ... ), 'key_id' => SiteName::problem( ... ) ) as $name => $problem ) {
			// Nothing is a value, too: it takes the connection away.
			$message = '' === ( $wanted[ $name ] ?? '' ) ? null : $problem( $wanted[ $name ] );
			if ( null !== $message ) {
				$problems[] = array( 'path' => $name, 'message' => $message );
			}
		}
		if ( array() !== $problems ) {
			throw ApiError::invalid_body( $problems );
		}
		foreach ( $wanted as $name => $value ) {
			update_option( "draftkeeper_$name", is_bool( $value ) ? ( $value ? 'on' : 'off' ) : $value, true );
		}
		StreamTroubles::forget();
	}
}
