<?php
/**
 * Copied to `mu-plugins` of a test's WordPress: brings in the Action Scheduler that the environment names, as another plugin would,
 * at once or with a hook (`init 20`).
 */

( static function (): void {
	$file = rtrim( (string) getenv( 'DRAFTKEEPER_TEST_ACTION_SCHEDULER' ), '/' ) . '/action-scheduler.php';
	// While WordPress is being installed there is no place for its tables.
	if ( wp_installing() || ! is_file( $file ) ) {
		return;
	}
	list( $hook, $priority ) = explode( ' ', getenv( 'DRAFTKEEPER_TEST_ACTION_SCHEDULER_AT' ) ?: ' ' );
	if ( '' === $hook ) {
		require $file;
	} else {
		add_action( $hook, static fn() => require $file, (int) $priority );
	}
} )();
