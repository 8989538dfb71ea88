<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Settings\GatewayAddress;
use Draftkeeper\Settings\NewKeys;
use Draftkeeper\Settings\SiteName;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper connect` */
final class ConnectCommand {
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
		$problem = GatewayAddress::problem( $gateway );
		if ( null !== $problem ) {
			$this->console->fail( $problem );
		}
		$site_id = $options['site-id'] ?? SiteName::suggested();
		$problem = SiteName::problem( $site_id );
		if ( null !== $problem ) {
			$this->console->fail( __( 'This is no site id.', 'draftkeeper' ) . " $problem" );
		}
		$keys = NewKeys::make( $site_id );
		$this->console->line( __( 'Add these lines to wp-config.php, above "That\'s all, stop editing!":', 'draftkeeper' ) );
		$this->console->line( '' );
		$this->console->line( $keys->config_lines( $gateway ) );
		$this->console->line( '' );
		$this->console->line( __( 'Add this to "sites" in the gateway\'s file; a running gateway follows it:', 'draftkeeper' ) );
		$this->console->line( '' );
		$this->console->line( $keys->gateway_site() );
		$this->console->line( '' );
		/* translators: %s: a line such as NAME=value. */
		$this->console->line( sprintf( __( 'In the gateway\'s file with secrets, or in its environment, with a restart: %s', 'draftkeeper' ), $keys->gateway_environment() ) );
		$this->console->line( __( 'Then run: wp draftkeeper doctor', 'draftkeeper' ) );
	}
}
