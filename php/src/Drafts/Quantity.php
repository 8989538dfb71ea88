<?php

namespace Draftkeeper\Drafts;

defined( 'ABSPATH' ) || exit;

/** A number as text states it: `1.2 kg`, `€129`, `40 x 60 cm` (several numbers, one unit), and where it stands. */
final class Quantity {
	private const NUMBER = '\d{1,3}(?:[ \x{A0}\x{202F}]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*';

	private const RELATIVE_PRECISION = 0.000001;

	/**
	 * @param list<list<float>> $values for each number every way to read it (1.299 is also 1299)
	 */
	private function __construct(
		public readonly string $text,
		public readonly int $offset,
		public readonly array $values,
		public readonly ?string $dimension,
		public readonly float $unit_size
	) {}

	/** @return list<Quantity> */
	public static function all( string $text ): array {
		$number  = self::NUMBER;
		$units   = Units::pattern();
		$pattern = "~(?<![\\p{L}\\p{N}])(?<!\\p{L}-)(?<sign>[€£\$¥]\\s?)?(?<numbers>(?:$number)(?:\\s?(?:[x×*–-])\\s?(?:$number)){0,5})(?:[\\s\\x{A0}-]?(?<unit>$units)(?!-?[\\p{L}\\p{N}]))?(?![\\p{L}\\p{N}]|-\\p{L}+-\\p{N})~iu";
		preg_match_all( $pattern, $text, $matches, PREG_SET_ORDER | PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL );

		$quantities = array();
		foreach ( $matches as $match ) {
			$unit = Units::find( (string) ( $match['unit'][0] ?? $match['sign'][0] ) );
			preg_match_all( "~$number~u", (string) $match['numbers'][0], $numbers );
			$quantities[] = new self( (string) $match[0][0], $match[0][1], array_map( self::readings( ... ), $numbers[0] ), $unit[0] ?? null, $unit[1] ?? 1.0 );
		}
		return $quantities;
	}

	/**
	 * Whether each of the numbers is stated among these, in the same or a convertible unit.
	 *
	 * @param list<Quantity> $quantities
	 */
	public function is_stated_in( array $quantities ): bool {
		foreach ( $this->values as $readings ) {
			if ( ! $this->is_one_stated_in( $readings, $quantities ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * A number without a unit is also stated by the same number with one; one with a unit needs that unit.
	 *
	 * @param list<float>    $readings
	 * @param list<Quantity> $quantities
	 */
	private function is_one_stated_in( array $readings, array $quantities ): bool {
		foreach ( $quantities as $quantity ) {
			if ( null !== $this->dimension && $this->dimension !== $quantity->dimension ) {
				continue;
			}
			$own_size   = null === $this->dimension ? 1.0 : $this->unit_size;
			$other_size = null === $this->dimension ? 1.0 : $quantity->unit_size;
			foreach ( array_merge( ...$quantity->values ) as $other ) {
				foreach ( $readings as $own ) {
					if ( abs( $own * $own_size - $other * $other_size ) <= self::RELATIVE_PRECISION * max( $own * $own_size, $other * $other_size ) ) {
						return true;
					}
				}
			}
		}
		return false;
	}

	/** @return list<float> */
	private static function readings( string $number ): array {
		$number   = (string) preg_replace( '~[ \x{A0}\x{202F}]~u', '', $number );
		$readings = array();
		$last     = max( (int) strrpos( $number, '.' ), (int) strrpos( $number, ',' ) );
		if ( 0 === $last ) {
			return array( (float) $number );
		}
		$plain      = str_replace( array( '.', ',' ), '', $number );
		$readings[] = (float) ( str_replace( array( '.', ',' ), '', substr( $number, 0, $last ) ) . '.' . substr( $number, $last + 1 ) );
		if ( 1 === preg_match( '~^\d{1,3}(?:[.,]\d{3})+$~', $number ) ) {
			$readings[] = (float) $plain;
		}
		return $readings;
	}
}
