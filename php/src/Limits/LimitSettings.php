<?php

namespace Draftkeeper\Limits;

use Draftkeeper\Budgets\Budget;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use stdClass;

defined( 'ABSPATH' ) || exit;

/**
 * What administrators have set: the limit of jobs and the budgets. Constants win over the environment, the environment over the option,
 * and what they set is locked: `DRAFTKEEPER_JOB_LIMIT` (`60/600`: jobs/seconds, or `none`), `DRAFTKEEPER_WARN_PERCENT` and
 * `DRAFTKEEPER_BUDGETS` (the contract's list of budgets as JSON).
 */
final class LimitSettings {
	private const OPTION = 'draftkeeper_limits';

	private const DEFAULTS = array(
		'job_limit'    => array( 'max_jobs' => 60, 'window_seconds' => 600 ),
		'warn_percent' => 80,
		'budgets'      => array(),
	);

	private const CONSTANTS = array(
		'job_limit'    => 'DRAFTKEEPER_JOB_LIMIT',
		'warn_percent' => 'DRAFTKEEPER_WARN_PERCENT',
		'budgets'      => 'DRAFTKEEPER_BUDGETS',
	);

	/** Null: no limit. */
	public function job_limit(): ?JobLimitRule {
		$rule = $this->value( 'job_limit' );
		return is_array( $rule ) ? new JobLimitRule( (int) $rule['max_jobs'], (int) $rule['window_seconds'] ) : null;
	}

	public function warn_percent(): int {
		return (int) $this->value( 'warn_percent' );
	}

	/**
	 * @return list<Budget>
	 * @throws \UnexpectedValueException when what is set is no list of budgets.
	 */
	public function budgets(): array {
		return array_values( array_map( Budget::of( ... ), $this->value( 'budgets' ) ) );
	}

	/** @return list<string> what a constant or the environment has set. */
	public function locked(): array {
		return array_keys( array_filter( self::CONSTANTS, static fn( string $name ) => null !== self::constant( $name ) ) );
	}

	/** @return list<string> the constants of those that cannot be understood. */
	public function broken(): array {
		$is_broken = function ( string $name ): bool {
			try {
				$this->value( $name );
				return false;
			} catch ( \UnexpectedValueException ) {
				return true;
			}
		};
		return array_values( array_intersect_key( self::CONSTANTS, array_flip( array_filter( array_keys( self::CONSTANTS ), $is_broken ) ) ) );
	}

	/** @return array<string, mixed> the contract's `limit_settings`. */
	public function shape(): array {
		return array(
			'job_limit'    => $this->value( 'job_limit' ),
			'warn_percent' => $this->value( 'warn_percent' ),
			'budgets'      => $this->value( 'budgets' ),
		);
	}

	/**
	 * Stores a `limit_settings` body.
	 *
	 * @throws ApiError `setting_locked`, `invalid_body`
	 */
	public function save( stdClass $body ): void {
		$settings = json_decode( (string) wp_json_encode( $body ), true );
		$names    = array_map( static fn( array $budget ) => Budget::of( $budget )->name(), $settings['budgets'] );
		foreach ( array_keys( array_diff_key( $names, array_unique( $names ) ) ) as $index ) {
			throw ApiError::invalid_body( array( array( 'path' => "budgets[$index]", 'message' => 'is about the same as one before it' ) ) );
		}
		$locked = array_values( array_filter( $this->locked(), fn( string $name ) => $settings[ $name ] != $this->value( $name ) ) ); // phpcs:ignore -- the order of keys does not matter.
		if ( array() !== $locked ) {
			throw new ApiError( ErrorCode::SettingLocked, 409, __( 'The configuration of this site sets this, so it cannot be changed here. Change it in wp-config.php or in the environment.', 'draftkeeper' ), array( 'settings' => $locked ) );
		}
		update_option( self::OPTION, array_diff_key( $settings, array_flip( $this->locked() ) ), true );
	}

	private function value( string $name ): mixed {
		$text = self::constant( self::CONSTANTS[ $name ] );
		if ( null === $text ) {
			$stored = get_option( self::OPTION, array() );
			$value  = is_array( $stored ) && array_key_exists( $name, $stored ) ? $stored[ $name ] : self::DEFAULTS[ $name ];
		} else {
			$value = self::parse( $name, $text );
		}
		$settings   = array( $name => $value ) + self::DEFAULTS;
		$violations = Contract::check( 'limit_settings', json_decode( (string) wp_json_encode( $settings ), false ) );
		if ( array() !== $violations ) {
			throw new \UnexpectedValueException( "The setting $name is not in the expected form: {$violations[0]['path']} {$violations[0]['message']}" );
		}
		return $value;
	}

	private static function parse( string $name, string $text ): mixed {
		if ( 'budgets' === $name ) {
			return json_decode( $text, true );
		}
		if ( 'warn_percent' === $name ) {
			return is_numeric( $text ) ? (int) $text : $text;
		}
		if ( 'none' === $text ) {
			return null;
		}
		return 1 === preg_match( '#^(\d{1,6})/(\d{1,6})$#D', $text, $parts ) ? array( 'max_jobs' => (int) $parts[1], 'window_seconds' => (int) $parts[2] ) : $text;
	}

	private static function constant( string $name ): ?string {
		$value = defined( $name ) ? constant( $name ) : getenv( $name );
		return is_scalar( $value ) && false !== $value && '' !== trim( (string) $value ) ? trim( (string) $value ) : null;
	}
}
