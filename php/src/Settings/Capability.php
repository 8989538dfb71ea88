<?php

namespace Draftkeeper\Settings;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** What a user may do with Draftkeeper, and which roles may at first. */
final class Capability {
	public const GENERATE   = 'draftkeeper_generate';
	public const VIEW_USAGE = 'draftkeeper_view_usage';
	public const MANAGE     = 'draftkeeper_manage';

	public const ALL = array( self::GENERATE, self::VIEW_USAGE, self::MANAGE );

	private const ROLES = array(
		'administrator' => self::ALL,
		'editor'        => array( self::GENERATE ),
		'author'        => array( self::GENERATE ),
		'shop_manager'  => array( self::GENERATE ),
	);

	private const GRANTED_OPTION = 'draftkeeper_granted_roles';

	/** For a route's `permission_callback`: logged in, and with this capability where one is named. */
	public static function check( WP_REST_Request $request, ?string $capability = null ): bool|WP_Error {
		if ( ! is_user_logged_in() ) {
			return ErrorResponse::from( ApiError::unauthenticated(), RequestId::of( $request ) );
		}
		if ( null !== $capability && ! current_user_can( $capability ) ) {
			return ErrorResponse::from( ApiError::forbidden(), RequestId::of( $request ) );
		}
		return true;
	}

	/** Grants each role its capabilities once; what an administrator takes away later stays away. */
	public static function grant(): void {
		$granted = (array) get_option( self::GRANTED_OPTION, array() );
		$waiting = array_filter( array_keys( self::ROLES ), static fn( string $role ) => ! in_array( $role, $granted, true ) && wp_roles()->is_role( $role ) );
		if ( array() === $waiting ) {
			return;
		}
		foreach ( $waiting as $name ) {
			foreach ( self::ROLES[ $name ] as $capability ) {
				get_role( $name )?->add_cap( $capability );
			}
		}
		update_option( self::GRANTED_OPTION, array_values( array_merge( $granted, $waiting ) ), true );
	}

	/** Takes every capability back from every role; for uninstall.php. */
	public static function revoke(): void {
		foreach ( array_keys( wp_roles()->roles ) as $name ) {
			foreach ( self::ALL as $capability ) {
				get_role( $name )?->remove_cap( $capability );
			}
		}
		delete_option( self::GRANTED_OPTION );
	}
}
