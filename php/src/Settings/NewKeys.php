<?php

namespace Draftkeeper\Settings;

defined( 'ABSPATH' ) || exit;

/** What a site and its gateway need to trust each other, made anew. Shown once, stored nowhere. */
final class NewKeys {
	private const SECRET_BYTES = 32;

	/** A gateway on the same machine must be told that it may call there. */
	private const LOOPBACK = array( '127.0.0.0/8', '::1/128' );

	/** For a PHP that brings no openssl.cnf. */
	private const OPENSSL_CONFIG = "[req]\ndefault_bits=2048\ndistinguished_name=dn\n[dn]\n";

	private function __construct(
		public readonly string $site_id,
		public readonly string $key_id,
		public readonly string $private_key,
		public readonly string $public_key,
		public readonly string $webhook_secret,
	) {}

	public static function make( string $site_id ): self {
		$file = (string) tempnam( get_temp_dir(), 'draftkeeper' );
		file_put_contents( $file, self::OPENSSL_CONFIG );
		try {
			$options = array(
				'private_key_type' => OPENSSL_KEYTYPE_EC,
				'curve_name'       => 'prime256v1',
				'private_key_bits' => 2048,
				'config'           => $file,
			);
			$key     = openssl_pkey_new( $options );
			$private = '';
			if ( false === $key || ! openssl_pkey_export( $key, $private, null, $options ) ) {
				throw new \RuntimeException( 'OpenSSL could not make a key on P-256.' );
			}
			$public = (string) ( openssl_pkey_get_details( $key )['key'] ?? '' );
			return new self( $site_id, wp_generate_uuid4(), trim( $private ), trim( $public ), 'whsec_' . base64_encode( random_bytes( self::SECRET_BYTES ) ) );
		} finally {
			unlink( $file );
		}
	}

	/** The lines for wp-config.php; a PEM on one line is read as well. */
	public function config_lines( string $gateway_url ): string {
		$lines = array(
			'DRAFTKEEPER_GATEWAY_URL'    => $gateway_url,
			'DRAFTKEEPER_SITE_ID'        => $this->site_id,
			'DRAFTKEEPER_KEY_ID'         => $this->key_id,
			'DRAFTKEEPER_SIGNING_KEY'    => str_replace( "\n", '\n', $this->private_key ),
			'DRAFTKEEPER_WEBHOOK_SECRET' => $this->webhook_secret,
		);
		$lines = array_map( static fn( string $name, string $value ) => "define( '$name', '" . addcslashes( $value, "'" ) . "' );", array_keys( $lines ), $lines );
		return implode( "\n", $lines );
	}

	/** The entry of `sites` in the gateway's configuration. */
	public function gateway_site(): string {
		$site = array(
			'site_id'            => $this->site_id,
			'blog_id'            => get_current_blog_id(),
			'home'               => home_url(),
			'rest_url'           => rest_url(),
			'keys'               => array( array( 'kid' => $this->key_id, 'public_key' => $this->public_key ) ),
			'webhook_secret_env' => $this->secret_variable(),
		);
		$networks = self::private_networks();
		if ( array() !== $networks ) {
			$site['private_networks'] = $networks;
		}
		return (string) wp_json_encode( $site, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES );
	}

	/** The line for the environment of the gateway. */
	public function gateway_environment(): string {
		return $this->secret_variable() . '=' . $this->webhook_secret;
	}

	/** Where the gateway looks for the webhook secret: `SHOP_WEBHOOK_SECRET`, `SHOP_2_WEBHOOK_SECRET` for the second blog, so that one gateway serves many. */
	private function secret_variable(): string {
		$blog_id = get_current_blog_id();
		$name    = (string) preg_replace( '/[^A-Z0-9]+/', '_', strtoupper( $this->site_id . ( 1 === $blog_id ? '' : "_$blog_id" ) ) );
		return ( 1 === preg_match( '/^[A-Z_]/', $name ) ? $name : "SITE_$name" ) . '_WEBHOOK_SECRET';
	}

	/**
	 * Only by an address that says so itself: what a name means here it may not mean where the gateway is.
	 *
	 * @return list<string> networks outside the public internet in which the gateway finds this site.
	 */
	private static function private_networks(): array {
		$host = trim( (string) wp_parse_url( rest_url(), PHP_URL_HOST ), '[]' );
		if ( 'localhost' === $host || str_ends_with( $host, '.localhost' ) || '::1' === $host || str_starts_with( $host, '127.' ) ) {
			return self::LOOPBACK;
		}
		$is_address = false !== filter_var( $host, FILTER_VALIDATE_IP );
		$is_public  = false !== filter_var( $host, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE );
		return $is_address && ! $is_public ? array( $host . ( str_contains( $host, ':' ) ? '/128' : '/32' ) ) : array();
	}
}
