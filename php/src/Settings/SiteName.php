<?php

namespace Draftkeeper\Settings;

defined( 'ABSPATH' ) || exit;

/** The names that a gateway knows a site and its keys by. */
final class SiteName {
	/** What is wrong with a name, in words; null when it may be stored. */
	public static function problem( string $name ): ?string {
		return 1 === preg_match( '/^[a-z0-9][a-z0-9_.:\/-]{0,99}$/iD', $name ) ? null
			: __( 'Use 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or a digit.', 'draftkeeper' );
	}

	/** A name for this site, made from its address. */
	public static function suggested(): string {
		return trim( (string) preg_replace( '/[^a-z0-9]+/', '-', strtolower( (string) wp_parse_url( home_url(), PHP_URL_HOST ) ) ), '-' );
	}
}
