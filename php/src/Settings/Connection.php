<?php

namespace Draftkeeper\Settings;

defined( 'ABSPATH' ) || exit;

/** How this site reaches its gateway. Constants win over the environment, the environment over options; keys are never options. */
final class Connection {
	private const OPTIONS = array(
		'DRAFTKEEPER_GATEWAY_URL' => 'draftkeeper_gateway_url',
		'DRAFTKEEPER_SITE_ID'     => 'draftkeeper_site_id',
		'DRAFTKEEPER_KEY_ID'      => 'draftkeeper_key_id',
	);

	/** `ready`, or why nothing can be generated: `not_connected` or `ai_disabled`. */
	public function state(): string {
		// WordPress 7.0 and later.
		if ( function_exists( 'wp_supports_ai' ) && ! wp_supports_ai() ) {
			return 'ai_disabled';
		}
		$is_complete = '' !== $this->gateway_url() && '' !== $this->site_id() && '' !== $this->key_id()
			&& '' !== $this->signing_key() && array() !== $this->webhook_secrets();
		return $is_complete ? 'ready' : 'not_connected';
	}

	/** Without a slash at the end; '' when none, or no http address, is set. */
	public function gateway_url(): string {
		$url = rtrim( $this->value( 'DRAFTKEEPER_GATEWAY_URL' ), '/' );
		return GatewayAddress::is_usable( $url ) ? $url : '';
	}

	public function gateway_origin(): string {
		return self::origin( $this->gateway_url() );
	}

	/** Scheme, host and port of an address, as a browser would write them; '' for what is no address. */
	public static function origin( string $url ): string {
		$parts = wp_parse_url( $url );
		if ( ! is_array( $parts ) || ! isset( $parts['scheme'], $parts['host'] ) ) {
			return '';
		}
		$scheme  = strtolower( $parts['scheme'] );
		$default = 'https' === $scheme ? 443 : 80;
		$port    = $parts['port'] ?? $default;
		return $scheme . '://' . strtolower( $parts['host'] ) . ( $port === $default ? '' : ":$port" );
	}

	public function site_id(): string {
		return $this->value( 'DRAFTKEEPER_SITE_ID' );
	}

	public function key_id(): string {
		return $this->value( 'DRAFTKEEPER_KEY_ID' );
	}

	/** The private key (PEM, P-256) that this site signs with. */
	public function signing_key(): string {
		// An environment file often holds a PEM on one line.
		return str_replace( '\n', "\n", $this->value( 'DRAFTKEEPER_SIGNING_KEY' ) );
	}

	/** @return list<string> the live webhook secrets, `whsec_…`; several while one replaces another. */
	public function webhook_secrets(): array {
		return preg_split( '/\s+/', $this->value( 'DRAFTKEEPER_WEBHOOK_SECRET' ), -1, PREG_SPLIT_NO_EMPTY ) ?: array();
	}

	/** Whether wp-config.php or the environment sets a value, so that no option can. */
	public function is_locked( string $name ): bool {
		return defined( $name ) || '' !== trim( (string) getenv( $name ) );
	}

	private function value( string $name ): string {
		if ( defined( $name ) ) {
			$value = constant( $name );
			return is_string( $value ) ? trim( $value ) : '';
		}
		$value = getenv( $name );
		if ( is_string( $value ) && '' !== trim( $value ) ) {
			return trim( $value );
		}
		$value = isset( self::OPTIONS[ $name ] ) ? get_option( self::OPTIONS[ $name ], '' ) : '';
		return is_string( $value ) ? trim( $value ) : '';
	}
}
