<?php
/** Constants that a running WordPress or the plugin's main file defines, for PHPStan. */

define( 'ABSPATH', '/wordpress/' );
define( 'WP_DEBUG', true );
define( 'WP_CONTENT_DIR', '/wordpress/wp-content' );
define( 'WP_PLUGIN_DIR', '/wordpress/wp-content/plugins' );
define( 'DRAFTKEEPER_DIR', '/wordpress/wp-content/plugins/draftkeeper' );
define( 'DRAFTKEEPER_FILE', '/wordpress/wp-content/plugins/draftkeeper/draftkeeper.php' );
define( 'DRAFTKEEPER_VERSION', '0.0.0' );
define( 'ARRAY_A', 'ARRAY_A' );
define( 'OBJECT', 'OBJECT' );
define( 'DAY_IN_SECONDS', 86400 );
define( 'HOUR_IN_SECONDS', 3600 );
define( 'MINUTE_IN_SECONDS', 60 );
