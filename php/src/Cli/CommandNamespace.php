<?php

namespace Draftkeeper\Cli;

use WP_CLI\Dispatcher;

defined( 'ABSPATH' ) || exit;

/**
 * Looks after drafts that are written with AI: their jobs, their books and the connection to the gateway.
 */
final class CommandNamespace extends Dispatcher\CommandNamespace {}
