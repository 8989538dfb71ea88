<?php
/** The few functions of WordPress that code under unit test may call. Everything else belongs into an integration test. */

if ( ! function_exists( '__' ) ) {
	function __( string $text, string $domain = 'default' ): string {
		return $text;
	}

	function _x( string $text, string $context, string $domain = 'default' ): string {
		return $text;
	}

	function _n( string $single, string $plural, int $number, string $domain = 'default' ): string {
		return 1 === $number ? $single : $plural;
	}

	function wp_json_encode( mixed $data, int $options = 0, int $depth = 512 ): string|false {
		return json_encode( $data, $options, $depth );
	}

	function get_option( string $name, mixed $fallback = false ): mixed {
		return $fallback;
	}

	function apply_filters( string $hook, mixed $value, mixed ...$arguments ): mixed {
		return $value;
	}
}
