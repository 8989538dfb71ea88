<?php

namespace Draftkeeper\Health;

use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** Whether the keys are there and can be read. Never shows them. */
final class SecretsCheck {
	/** What Standard Webhooks asks of a secret. */
	private const MIN_SECRET_BYTES = 24;
	private const MAX_SECRET_BYTES = 64;

	public function __construct( private readonly Connection $connection ) {}

	public function find(): Finding {
		$missing = array_keys(
			array_filter(
				array(
					'DRAFTKEEPER_GATEWAY_URL'    => '' === $this->connection->gateway_url(),
					'DRAFTKEEPER_SITE_ID'        => '' === $this->connection->site_id(),
					'DRAFTKEEPER_KEY_ID'         => '' === $this->connection->key_id(),
					'DRAFTKEEPER_SIGNING_KEY'    => '' === $this->connection->signing_key(),
					'DRAFTKEEPER_WEBHOOK_SECRET' => array() === $this->connection->webhook_secrets(),
				)
			)
		);
		if ( array() !== $missing ) {
			return Finding::recommended(
				__( 'Draftkeeper is not connected to a gateway', 'draftkeeper' ),
				/* translators: %s: names of constants. */
				sprintf( __( 'Nothing can be generated yet. Missing, or not in a usable form: %s.', 'draftkeeper' ), implode( ', ', $missing ) ),
				__( 'Run "wp draftkeeper connect <gateway address>": it makes the keys and prints the lines for wp-config.php and for the gateway.', 'draftkeeper' )
			);
		}
		if ( ! $this->has_signing_key() ) {
			return Finding::critical(
				__( 'The signing key of Draftkeeper cannot be used', 'draftkeeper' ),
				__( 'DRAFTKEEPER_SIGNING_KEY is no private key on the curve P-256 in PEM form, so the gateway refuses every request.', 'draftkeeper' ),
				__( 'Copy the key again, with its first and last line, or make a new one with "wp draftkeeper connect".', 'draftkeeper' )
			);
		}
		if ( $this->bad_secrets() > 0 ) {
			return Finding::critical(
				__( 'A webhook secret of Draftkeeper cannot be used', 'draftkeeper' ),
				__( 'Each secret in DRAFTKEEPER_WEBHOOK_SECRET must be "whsec_" followed by base64 of 24 to 64 bytes. Results signed with another one are refused.', 'draftkeeper' ),
				__( 'Copy the secret again from where it was made. Several stand side by side, separated by spaces.', 'draftkeeper' )
			);
		}
		return Finding::good( __( 'The keys of Draftkeeper can be used', 'draftkeeper' ), __( 'The signing key and the webhook secrets are present and can be read.', 'draftkeeper' ) );
	}

	public function has_signing_key(): bool {
		$key = openssl_pkey_get_private( $this->connection->signing_key() );
		return false !== $key && 'prime256v1' === ( openssl_pkey_get_details( $key )['ec']['curve_name'] ?? '' );
	}

	private function bad_secrets(): int {
		$is_bad = static function ( string $secret ): bool {
			$bytes = strlen( (string) base64_decode( str_starts_with( $secret, 'whsec_' ) ? substr( $secret, 6 ) : $secret, true ) );
			return $bytes < self::MIN_SECRET_BYTES || $bytes > self::MAX_SECRET_BYTES;
		};
		return count( array_filter( $this->connection->webhook_secrets(), $is_bad ) );
	}
}
