<?php

namespace Draftkeeper\Privacy;

defined( 'ABSPATH' ) || exit;

/** Takes mail addresses, keys, bank accounts, card and phone numbers out of free text before it leaves the site. Stored texts stay whole. */
final class Redaction {
	/** A letter of a script that puts spaces between words: a number beside it belongs to a word. */
	private const IN_WORD = '[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}ー]';
	/** An exact day or a measure is no phone number, whatever it begins with. */
	private const PHONE = '~(?<![\d_.,/+-])(?<!' . self::IN_WORD . ')(?!\d{2}[./-]\d{2}[./-]\d{4}(?!\d))(?:[+＋]|\(?[0٠۰०০０]{1,2})(?:[ \x{00A0}\x{202F}./()-]{0,2}\d){7,15}(?![\w.,]?\d)~u';
	private const KEY   = '~(?<![A-Za-z0-9_-])(?:(?:sk|pk|rk|dk|gh[opsu]|github_pat|xox[abprs]|whsec|dksec|glpat)[_-](?:[a-z0-9]{2,8}[_-]){0,3}[A-Za-z0-9]{16,}[A-Za-z0-9_+/=-]*|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35})~u';
	private const IBAN  = '~(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ \x{00A0}\x{202F}]?[A-Z0-9]{4}){2,7}(?:[ \x{00A0}\x{202F}]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])~u';
	private const EMAIL = '~[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}~u';
	private const CARD  = '~(?<![\d_.,])(?<!' . self::IN_WORD . ')\d(?:[ \x{00A0}\x{202F}-]?\d){12,18}(?![\d_]|[.,]\d)(?!' . self::IN_WORD . ')~u';

	/** The digits of Arabic, Persian, Hindi and Bengali, and fullwidth ones, each from nought to nine. */
	private const DIGITS = '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯０１２３４５６７８９';

	/** Where free text stands; everything else is data of the product, which a draft needs as it is. */
	private const FACTS   = array( 'existing_text' );
	private const OPTIONS = array( 'audience', 'keywords' );

	/**
	 * What a model may be told of an input and its options.
	 *
	 * @param array<string, mixed> $input   the contract's `input`.
	 * @param array<string, mixed> $options
	 * @return array{array<string, mixed>, array<string, mixed>}
	 */
	public static function apply( array $input, array $options ): array {
		if ( ! self::is_on() ) {
			return array( $input, $options );
		}
		/**
		 * Filters which free texts are looked through before they are sent.
		 *
		 * @param array{facts: list<string>, options: list<string>} $fields Names of facts and of options.
		 */
		$fields = apply_filters( 'draftkeeper_redacted_fields', array( 'facts' => self::FACTS, 'options' => self::OPTIONS ) );
		foreach ( $fields['facts'] as $name ) {
			if ( isset( $input['facts'][ $name ] ) ) {
				$input['facts'][ $name ] = self::redact( $input['facts'][ $name ] );
			}
		}
		foreach ( $fields['options'] as $name ) {
			if ( isset( $options[ $name ] ) ) {
				$options[ $name ] = self::redact( $options[ $name ] );
			}
		}
		return array( $input, $options );
	}

	/** Redacts a text, or every text in a list; anything else comes back as it is. */
	public static function redact( mixed $value ): mixed {
		if ( is_array( $value ) ) {
			return array_map( self::redact( ... ), $value );
		}
		if ( ! is_string( $value ) ) {
			return $value;
		}
		/**
		 * Filters what is taken out of free text before it is sent.
		 *
		 * @param array<string, string> $patterns Regular expressions by the word that replaces what they find.
		 */
		$patterns = apply_filters( 'draftkeeper_redaction_patterns', array( 'email' => self::EMAIL, 'key' => self::KEY, 'iban' => self::IBAN, 'card' => self::CARD, 'phone' => self::PHONE ) );
		foreach ( $patterns as $word => $pattern ) {
			$value = preg_replace_callback( $pattern, static fn( array $found ) => self::is_meant( (string) $word, $found[0] ) ? "[$word]" : $found[0], $value ) ?? $value;
		}
		return $value;
	}

	/** Constants and the environment win over the option; on where nobody has said so. */
	public static function is_on(): bool {
		$value = defined( 'DRAFTKEEPER_REDACTION' ) ? constant( 'DRAFTKEEPER_REDACTION' ) : getenv( 'DRAFTKEEPER_REDACTION' );
		$value = false === $value && ! defined( 'DRAFTKEEPER_REDACTION' ) ? get_option( 'draftkeeper_redaction', 'on' ) : $value;
		return ! in_array( $value, array( false, 'off', '0', 0 ), true );
	}

	/** Whether wp-config.php or the environment says so, where no screen can change it. */
	public static function is_locked(): bool {
		return defined( 'DRAFTKEEPER_REDACTION' ) || false !== getenv( 'DRAFTKEEPER_REDACTION' );
	}

	private static function is_meant( string $word, string $text ): bool {
		return match ( $word ) {
			'card' => self::is_card( $text ),
			'iban' => self::is_iban( $text ),
			default => true,
		};
	}

	/** ISO 13616: the rest of 97 must be one. */
	private static function is_iban( string $text ): bool {
		$compact = (string) preg_replace( '/\s/u', '', $text );
		$rest    = 0;
		foreach ( str_split( substr( $compact, 4 ) . substr( $compact, 0, 4 ) ) as $character ) {
			$number = ctype_digit( $character ) ? $character : (string) ( ord( $character ) - 55 );
			$rest   = (int) ( $rest . $number ) % 97;
		}
		return 1 === $rest;
	}

	private static function to_ascii_digits( string $text ): string {
		preg_match_all( '/./u', self::DIGITS, $digits );
		return str_replace( $digits[0], str_split( str_repeat( '0123456789', 5 ) ), $text );
	}

	/** The check digit of payment cards: other long numbers, such as those of articles, stay. */
	private static function is_card( string $text ): bool {
		$digits = strrev( (string) preg_replace( '/[^0-9]/', '', self::to_ascii_digits( $text ) ) );
		$sum    = 0;
		foreach ( str_split( $digits ) as $index => $digit ) {
			$double = (int) $digit * ( 1 + $index % 2 );
			$sum   += $double > 9 ? $double - 9 : $double;
		}
		// Thirteen digits that begin otherwise are an article's EAN more often than a card.
		return 0 === $sum % 10 && ( strlen( $digits ) > 13 || str_ends_with( $digits, '4' ) );
	}
}
