<?php
/** Logs BENCH_USER in and prints what a browser would send: cookie and nonce. */

require __DIR__ . '/load.php';

// What an earlier run has left in the object cache is older than what this one writes past it.
$redis = new Redis();
$redis->connect( BENCH_REDIS_SOCKET );
$redis->flushDB();

$user    = get_user_by( 'login', (string) getenv( 'BENCH_USER' ) );
$expires = time() + HOUR_IN_SECONDS;
$token   = WP_Session_Tokens::get_instance( $user->ID )->create( $expires );
$cookie  = wp_generate_auth_cookie( $user->ID, $expires, 'logged_in', $token );

$_COOKIE[ LOGGED_IN_COOKIE ] = $cookie;
wp_set_current_user( $user->ID );

echo wp_json_encode(
	array(
		'user_id' => $user->ID,
		'cookie'  => LOGGED_IN_COOKIE . '=' . rawurlencode( $cookie ),
		'nonce'   => wp_create_nonce( 'wp_rest' ),
	)
);
