<?php
/**
 * What a test run is told: from the environment, or from .cache/php-tests.json where the environment does not reach PHP.
 *
 * @return array<string, string> by name without the prefix DRAFTKEEPER_TEST_, '' where it is not set.
 */

$names = array( 'WP', 'DB', 'SQLITE', 'DB_SOCKET', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'CONTENT', 'INSTALLED', 'NETWORK', 'ACTION_SCHEDULER', 'ACTION_SCHEDULER_AT', 'PLUGINS' );
$file  = dirname( __DIR__, 2 ) . '/.cache/php-tests.json';
$given = array();

if ( ! getenv( 'DRAFTKEEPER_TEST_WP' ) && is_file( $file ) ) {
	$given = json_decode( (string) file_get_contents( $file ), true, 8, JSON_THROW_ON_ERROR );
	// A file that another PHP's run has left behind names folders that only that one sees.
	$given = is_dir( $given['DRAFTKEEPER_TEST_WP'] ?? '' ) ? $given : array();
}

$settings = array();
foreach ( $names as $name ) {
	$value             = $given[ "DRAFTKEEPER_TEST_$name" ] ?? getenv( "DRAFTKEEPER_TEST_$name" );
	$settings[ $name ] = false === $value ? '' : (string) $value;
}

$settings['DB']      = '' === $settings['DB'] ? 'sqlite' : $settings['DB'];
$settings['DB_NAME'] = '' === $settings['DB_NAME'] ? 'draftkeeper_tests' : $settings['DB_NAME'];
$settings['DB_USER'] = '' === $settings['DB_USER'] ? 'root' : $settings['DB_USER'];

return $settings;
