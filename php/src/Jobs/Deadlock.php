<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/** The database gave up a statement for another one; the whole transaction may be tried again. */
final class Deadlock extends \RuntimeException {}
