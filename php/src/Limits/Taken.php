<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** What came of one try, and the window after it. */
final class Taken {
	public function __construct( public readonly bool $is_allowed, public readonly Window $window ) {}
}
