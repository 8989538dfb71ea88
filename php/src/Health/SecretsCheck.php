<?php

namespace Draftkeeper\Health;

use Draftkeeper\Privacy\SealedText;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\KeyAge;

defined( 'ABSPATH' ) || exit;

/** Whether the keys are there and can be read. Never shows them. */
final class SecretsCheck {
	/** What Standard Webhooks asks of a secret. */
	private const MIN_SECRET_BYTES = 24;
	private const MAX_SECRET_BYTES = 64;

	public function __construct( private readonly Connection $connection, private readonly KeyAge $age ) {}

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
				__( 'Open Draftkeeper → Settings, or run "wp draftkeeper connect <gateway address>": both make the keys and show the lines for wp-config.php and for the gateway.', 'draftkeeper' )
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
		if ( 'invalid' === SealedText::state() ) {
			return Finding::critical(
				__( 'The encryption key of Draftkeeper cannot be used', 'draftkeeper' ),
				__( 'DRAFTKEEPER_ENCRYPTION_KEY is set, but holds no base64 of 32 bytes. No text is stored unencrypted meanwhile: new jobs are refused, and results wait at the gateway.', 'draftkeeper' ),
				__( 'Copy the key again from where it was made, or make one with "openssl rand -base64 32". Several stand side by side, separated by spaces; the first encrypts.', 'draftkeeper' )
			);
		}
		$since = $this->age->since( array( $this->connection->signing_key(), ...$this->connection->webhook_secrets() ) );
		$text  = __( 'The signing key and the webhook secrets are present and can be read.', 'draftkeeper' );
		if ( null !== $since ) {
			/* translators: %s: a time span such as "3 months". */
			$text .= ' ' . sprintf( __( 'The oldest of them has been here for %s.', 'draftkeeper' ), human_time_diff( $since ) );
		}
		return Finding::good( __( 'The keys of Draftkeeper can be used', 'draftkeeper' ), $text );
	}

	public function has_signing_key(): bool {
		$key = openssl_pkey_get_private( $this->connection->signing_key() );
		return false !== $key && 'prime256v1' === ( openssl_pkey_get_details( $key )['ec']['curve_name'] ?? '' );
	}

	/**
	 * The contract's `secret_state` of each secret by its constant: whether it is there, never what it is.
	 *
	 * @return list<array<string, mixed>>
	 */
	public function states(): array {
		$key     = array_filter( array( $this->connection->signing_key() ) );
		$secrets = $this->connection->webhook_secrets();
		$state   = static fn( bool $is_there, bool $is_usable ) => $is_there ? ( $is_usable ? 'usable' : 'unusable' ) : 'missing';
		$row     = static function ( string $constant, string $state, int $count, ?int $since, bool $is_required = true ): array {
			return array( 'constant' => $constant, 'state' => $state, 'count' => $count, 'since' => null === $since ? null : gmdate( 'Y-m-d\TH:i:s\Z', $since ), 'is_required' => $is_required );
		};
		$sealing = SealedText::state();
		return array(
			$row( 'DRAFTKEEPER_SIGNING_KEY', $state( array() !== $key, $this->has_signing_key() ), count( $key ), $this->age->since( array_values( $key ) ) ),
			$row( 'DRAFTKEEPER_WEBHOOK_SECRET', $state( array() !== $secrets, 0 === $this->bad_secrets() ), count( $secrets ), $this->age->since( $secrets ) ),
			$row( 'DRAFTKEEPER_ENCRYPTION_KEY', $state( 'off' !== $sealing, 'on' === $sealing ), 'off' === $sealing ? 0 : 1, null, false ),
		);
	}

	private function bad_secrets(): int {
		$is_bad = static function ( string $secret ): bool {
			$bytes = strlen( (string) base64_decode( str_starts_with( $secret, 'whsec_' ) ? substr( $secret, 6 ) : $secret, true ) );
			return $bytes < self::MIN_SECRET_BYTES || $bytes > self::MAX_SECRET_BYTES;
		};
		return count( array_filter( $this->connection->webhook_secrets(), $is_bad ) );
	}
}
