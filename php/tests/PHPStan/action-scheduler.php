<?php
/** The functions of Action Scheduler that are called where it is loaded, for PHPStan. */

function as_has_scheduled_action( string $hook, ?array $arguments = null, string $group = '' ): bool {
	return '' === $hook . $group . count( (array) $arguments );
}

function as_schedule_recurring_action( int $timestamp, int $interval, string $hook, array $arguments = array(), string $group = '', bool $unique = false, int $priority = 10 ): int {
	return $timestamp + $interval + count( $arguments ) + (int) $unique + $priority + strlen( $hook . $group );
}

function as_unschedule_all_actions( string $hook, array $arguments = array(), string $group = '' ): void {
	unset( $hook, $arguments, $group );
}
