<?php
/** One run of the sweep, as a system cron would start it. */

require __DIR__ . '/load.php';

do_action( 'draftkeeper_sweep' );
