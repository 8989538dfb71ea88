<?php

namespace Draftkeeper\Retention;

defined( 'ABSPATH' ) || exit;

/** How long texts and rows are kept. Constants win over the environment, the environment over options. */
final class RetentionSettings {
	/** Days after which each kind goes, and how many where nobody has said so. */
	public const DEFAULTS = array(
		'text_days' => 30,
		'row_days'  => 365,
	);

	private const MAX_DAYS = 36500;

	/** How long after its review, or its end, a job keeps its texts; 0: for ever. */
	public function text_days(): int {
		return self::days( 'text_days' );
	}

	/** How long jobs and the rows of the books stay; 0: for ever. */
	public function row_days(): int {
		return self::days( 'row_days' );
	}

	/** Whether a setting is made in wp-config.php or the environment, where no screen can change it. */
	public static function is_locked( string $name ): bool {
		return null !== self::fixed( $name );
	}

	private static function days( string $name ): int {
		$value = self::fixed( $name ) ?? get_option( "draftkeeper_$name", self::DEFAULTS[ $name ] );
		// What is no number of days must not delete anything early.
		return 1 === preg_match( '/^[0-9]{1,5}$/D', (string) $value ) && (int) $value <= self::MAX_DAYS ? (int) $value : self::DEFAULTS[ $name ];
	}

	private static function fixed( string $name ): ?string {
		$constant = 'DRAFTKEEPER_' . strtoupper( $name );
		if ( defined( $constant ) ) {
			return (string) constant( $constant );
		}
		$value = getenv( $constant );
		return is_string( $value ) && '' !== trim( $value ) ? trim( $value ) : null;
	}
}
