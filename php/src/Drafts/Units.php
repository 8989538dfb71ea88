<?php

namespace Draftkeeper\Drafts;

defined( 'ABSPATH' ) || exit;

/** The units that a product's data and copy are written in, under every name, with their size in the dimension's base unit. */
final class Units {
	/** dimension => name => size */
	private const DIMENSIONS = array(
		'length'      => array(
			'mm' => 0.001, 'millimetre' => 0.001, 'millimetres' => 0.001, 'millimeter' => 0.001, 'millimeters' => 0.001,
			'cm' => 0.01, 'centimetre' => 0.01, 'centimetres' => 0.01, 'centimeter' => 0.01, 'centimeters' => 0.01,
			'm' => 1.0, 'metre' => 1.0, 'metres' => 1.0, 'meter' => 1.0, 'meters' => 1.0, 'km' => 1000.0,
			'in' => 0.0254, 'inch' => 0.0254, 'inches' => 0.0254, '"' => 0.0254, '″' => 0.0254,
			'ft' => 0.3048, 'foot' => 0.3048, 'feet' => 0.3048, 'yd' => 0.9144, 'yard' => 0.9144, 'yards' => 0.9144,
		),
		'area'        => array( 'cm²' => 0.0001, 'cm2' => 0.0001, 'm²' => 1.0, 'm2' => 1.0, 'sqm' => 1.0 ),
		'mass'        => array(
			'mg' => 0.001, 'g' => 1.0, 'gram' => 1.0, 'grams' => 1.0, 'gramme' => 1.0, 'grammes' => 1.0,
			'kg' => 1000.0, 'kilo' => 1000.0, 'kilos' => 1000.0, 'kilogram' => 1000.0, 'kilograms' => 1000.0, 't' => 1000000.0,
			'oz' => 28.349523125, 'ounce' => 28.349523125, 'ounces' => 28.349523125,
			'lb' => 453.59237, 'lbs' => 453.59237, 'pound' => 453.59237, 'pounds' => 453.59237,
		),
		'volume'      => array(
			'ml' => 0.001, 'millilitre' => 0.001, 'millilitres' => 0.001, 'milliliter' => 0.001, 'milliliters' => 0.001,
			'cl' => 0.01, 'dl' => 0.1, 'l' => 1.0, 'litre' => 1.0, 'litres' => 1.0, 'liter' => 1.0, 'liters' => 1.0,
			'fl oz' => 0.0295735296, 'gallon' => 3.785411784, 'gallons' => 3.785411784,
		),
		'density'     => array( 'g/m²' => 1.0, 'g/m2' => 1.0, 'gsm' => 1.0 ),
		'power'       => array( 'w' => 1.0, 'watt' => 1.0, 'watts' => 1.0, 'kw' => 1000.0 ),
		'energy'      => array( 'wh' => 1.0, 'kwh' => 1000.0 ),
		'charge'      => array( 'mah' => 0.001, 'ah' => 1.0 ),
		'voltage'     => array( 'v' => 1.0, 'volt' => 1.0, 'volts' => 1.0 ),
		'current'     => array( 'ma' => 0.001, 'a' => 1.0 ),
		'frequency'   => array( 'hz' => 1.0, 'khz' => 1000.0, 'mhz' => 1000000.0, 'ghz' => 1000000000.0 ),
		'light'       => array( 'lm' => 1.0, 'lumen' => 1.0, 'lumens' => 1.0 ),
		'colour'      => array( 'k' => 1.0, 'kelvin' => 1.0 ),
		'sound'       => array( 'db' => 1.0 ),
		'pressure'    => array( 'bar' => 1.0 ),
		'speed'       => array( 'rpm' => 1.0 ),
		'temperature' => array( '°c' => 1.0, '° c' => 1.0 ),
		'fahrenheit'  => array( '°f' => 1.0, '° f' => 1.0 ),
		'data'        => array( 'mb' => 1.0, 'gb' => 1000.0, 'tb' => 1000000.0 ),
		'time'        => array(
			'sec' => 1.0, 'second' => 1.0, 'seconds' => 1.0, 'min' => 60.0, 'minute' => 60.0, 'minutes' => 60.0,
			'h' => 3600.0, 'hr' => 3600.0, 'hrs' => 3600.0, 'hour' => 3600.0, 'hours' => 3600.0,
		),
		'days'        => array( 'day' => 1.0, 'days' => 1.0, 'week' => 7.0, 'weeks' => 7.0 ),
		'months'      => array( 'month' => 1.0, 'months' => 1.0, 'year' => 12.0, 'years' => 12.0 ),
		'share'       => array( '%' => 1.0, 'percent' => 1.0, 'per cent' => 1.0 ),
		'resolution'  => array( 'dpi' => 1.0, 'px' => 2.0, 'mp' => 3.0 ),
		'EUR'         => array( '€' => 1.0, 'eur' => 1.0, 'euro' => 1.0, 'euros' => 1.0 ),
		'GBP'         => array( '£' => 1.0, 'gbp' => 1.0 ),
		'USD'         => array( '$' => 1.0, 'usd' => 1.0, 'dollar' => 1.0, 'dollars' => 1.0 ),
		'JPY'         => array( '¥' => 1.0, 'jpy' => 1.0, 'yen' => 1.0 ),
		'CHF'         => array( 'chf' => 1.0 ),
	);

	private const IMPERIAL_SIZES = array(
		'length' => array( 0.0254, 0.3048, 0.9144 ),
		'mass'   => array( 28.349523125, 453.59237 ),
		'volume' => array( 0.0295735296, 3.785411784 ),
	);

	/**
	 * What a unit measures and how large it is.
	 *
	 * @return array{string, float}|null null for a word that is no unit we know.
	 */
	public static function find( string $name ): ?array {
		static $units = null;
		if ( null === $units ) {
			$units = array();
			foreach ( self::DIMENSIONS as $dimension => $names ) {
				foreach ( $names as $unit => $size ) {
					$units[ $unit ] = array( (string) $dimension, $size );
				}
			}
		}
		return $units[ mb_strtolower( trim( preg_replace( '~\s+~u', ' ', $name ) ?? '' ) ) ] ?? null;
	}

	/** Inches, ounces, gallons and the like. */
	public static function is_imperial( string $dimension, float $size ): bool {
		return in_array( $size, self::IMPERIAL_SIZES[ $dimension ] ?? array(), true );
	}

	/** All names as an alternation for a regular expression (delimiter `~`), the longest first. */
	public static function pattern(): string {
		static $pattern = null;
		if ( null === $pattern ) {
			$names = array_merge( ...array_map( fn( array $units ) => array_map( 'strval', array_keys( $units ) ), array_values( self::DIMENSIONS ) ) );
			usort( $names, fn( string $a, string $b ) => strlen( $b ) <=> strlen( $a ) );
			$pattern = implode( '|', array_map( fn( string $name ) => preg_quote( $name, '~' ), $names ) );
		}
		return $pattern;
	}
}
