<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Settings\NewKeys;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper connect` */
final class ConnectCommand {
	private const SECRET_ENV = 'DRAFTKEEPER_WEBHOOK_SECRET';

	public function __construct( private readonly Console $console ) {}

	/**
	 * Makes keys for this site and prints what belongs into wp-config.php and into the gateway's configuration.
	 *
	 * Nothing is stored: the keys are shown once.
	 *
	 * ## OPTIONS
	 *
	 * <gateway>
	 * : Address of the gateway, such as https://gateway.example.com
	 *
	 * [--site-id=<id>]
	 * : Name of this site at the gateway; made from its host name by default.
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function __invoke( array $arguments, array $options ): void {
		$gateway = rtrim( $arguments[0] ?? '', '/' );
		$parts   = wp_parse_url( $gateway );
		if ( ! is_array( $parts ) || ! in_array( $parts['scheme'] ?? '', array( 'http', 'https' ), true ) || '' === ( $parts['host'] ?? '' ) || isset( $parts['user'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
			$this->console->fail( __( 'The address of the gateway must begin with https:// (or http:// on this machine) and hold no password and no query.', 'draftkeeper' ) );
		}
		$site_id = $options['site-id'] ?? trim( (string) preg_replace( '/[^a-z0-9]+/', '-', strtolower( (string) wp_parse_url( home_url(), PHP_URL_HOST ) ) ), '-' );
		if ( 1 !== preg_match( '/^[a-z0-9][a-z0-9_.:\/-]{0,99}$/iD', $site_id ) ) {
			$this->console->fail( __( 'The site id must have 1 to 100 letters, digits, dots, dashes or underscores.', 'draftkeeper' ) );
		}
		$keys = NewKeys::make( $site_id );
		$this->console->line( __( 'Add these lines to wp-config.php, above "That\'s all, stop editing!":', 'draftkeeper' ) );
		$this->console->line( '' );
		$this->console->line( $keys->config_lines( $gateway ) );
		$this->console->line( '' );
		$this->console->line( __( 'Add this to "sites" in the gateway\'s configuration, and restart the gateway:', 'draftkeeper' ) );
		$this->console->line( '' );
		$this->console->line( $keys->gateway_site( self::SECRET_ENV ) );
		$this->console->line( '' );
		/* translators: 1: name of an environment variable, 2: its value. */
		$this->console->line( sprintf( __( 'In the environment of the gateway: %1$s=%2$s', 'draftkeeper' ), self::SECRET_ENV, $keys->webhook_secret ) );
		$this->console->line( __( 'Then run: wp draftkeeper doctor', 'draftkeeper' ) );
	}
}
