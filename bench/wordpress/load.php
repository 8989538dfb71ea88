<?php
/** Loads the stack's WordPress for a script on the command line. */

$_SERVER['HTTP_HOST']       = (string) getenv( 'BENCH_HOST' );
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';

require getenv( 'BENCH_WORDPRESS' ) . '/wp-load.php';
