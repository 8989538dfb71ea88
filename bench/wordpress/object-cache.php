<?php
/** Drop-in: requests that ask for it have their object cache in Redis, all others have none that is persistent. */

defined( 'ABSPATH' ) || exit;

if ( isset( $_SERVER['HTTP_X_BENCH_REDIS'] ) ) {
	putenv( 'BENCH_REDIS_SOCKET=' . BENCH_REDIS_SOCKET );
	require __DIR__ . '/bench-redis-cache.php';
}
