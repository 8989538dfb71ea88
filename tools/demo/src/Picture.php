<?php

namespace Draftkeeper\Demo;

defined( 'ABSPATH' ) || exit;

/**
 * Draws a product as flat shapes and writes it as a PNG with a palette, without any image extension.
 *
 * Coordinates are hundredths of the width; a picture is 100 wide and 75 high.
 */
final class Picture {
	public const WIDTH  = 960;
	public const HEIGHT = 720;

	private const UNIT    = self::WIDTH / 100;
	private const HORIZON = 56;

	/**
	 * @param string $backdrop colour of the wall, such as 'e8e2d4'; the floor is a darker shade of it.
	 * @param list<array{string, string, float, float, float, float, 4?: float}> $shapes each: 'box' (x, y, width, height), 'oval'
	 *        (centre x, y, radius x, y) or 'taper' (centre x, top y, bottom y, half width at the top, half width at the bottom), with a colour.
	 */
	public static function png( string $backdrop, array $shapes ): string {
		$palette = array( $backdrop, self::shade( $backdrop, 0.9 ), self::shade( $backdrop, 0.8 ) );
		array_unshift( $shapes, array( 'oval', $palette[2], 50, 66, 34, 4 ) );
		foreach ( $shapes as $shape ) {
			if ( ! in_array( $shape[1], $palette, true ) ) {
				$palette[] = $shape[1];
			}
		}
		$indexes = array_flip( $palette );

		$pixels = '';
		for ( $row = 0; $row < self::HEIGHT; $row++ ) {
			$y    = $row / self::UNIT;
			$line = str_repeat( chr( $y < self::HORIZON ? 0 : 1 ), self::WIDTH );
			foreach ( $shapes as $shape ) {
				list( $left, $right ) = self::span( $shape, $y );
				$from                 = max( 0, (int) round( $left * self::UNIT ) );
				$width                = min( self::WIDTH, (int) round( $right * self::UNIT ) ) - $from;
				if ( $width > 0 ) {
					$line = substr_replace( $line, str_repeat( chr( $indexes[ $shape[1] ] ), $width ), $from, $width );
				}
			}
			$pixels .= "\0$line";
		}

		return "\x89PNG\r\n\x1A\n"
			. self::chunk( 'IHDR', pack( 'NNC5', self::WIDTH, self::HEIGHT, 8, 3, 0, 0, 0 ) )
			. self::chunk( 'PLTE', (string) hex2bin( implode( '', $palette ) ) )
			. self::chunk( 'IDAT', (string) gzcompress( $pixels, 4 ) )
			. self::chunk( 'IEND', '' );
	}

	/** @return array{float, float} where a shape begins and ends in a row. */
	private static function span( array $shape, float $y ): array {
		list( $kind, , $a, $b, $c, $d ) = $shape;
		if ( 'box' === $kind ) {
			return $y >= $b && $y < $b + $d ? array( $a, $a + $c ) : array( 0, 0 );
		}
		if ( 'oval' === $kind ) {
			$distance = ( $y - $b ) / $d;
			$half     = abs( $distance ) < 1 ? $c * sqrt( 1 - $distance ** 2 ) : 0;
			return array( $a - $half, $a + $half );
		}
		// A taper: centre, top, bottom, half width at the top and at the bottom.
		$half = $y >= $b && $y < $c ? $d + ( $shape[6] - $d ) * ( $y - $b ) / ( $c - $b ) : 0;
		return array( $a - $half, $a + $half );
	}

	private static function shade( string $colour, float $factor ): string {
		return implode( '', array_map( static fn( string $part ) => sprintf( '%02x', (int) ( hexdec( $part ) * $factor ) ), str_split( $colour, 2 ) ) );
	}

	private static function chunk( string $type, string $data ): string {
		return pack( 'N', strlen( $data ) ) . $type . $data . pack( 'N', crc32( $type . $data ) );
	}
}
