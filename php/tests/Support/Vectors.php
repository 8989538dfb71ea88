<?php

namespace Draftkeeper\Tests\Support;

/** The examples that TypeScript and PHP run alike, as data sets for PHPUnit. */
final class Vectors {
	/** @return array<string, array{array}> by name */
	public static function of( string $file ): array {
		$json = (string) file_get_contents( dirname( __DIR__, 3 ) . "/contract/examples/$file.json" );
		$sets = array();
		foreach ( json_decode( $json, true, 32, JSON_THROW_ON_ERROR ) as $vector ) {
			$sets[ $vector['name'] ] = array( $vector );
		}
		return $sets;
	}
}
