<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** A try cannot be counted by one statement of the transaction that is open: it has to be counted outside. */
final class NotCounted extends \RuntimeException {}
