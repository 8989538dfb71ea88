<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** What came of one try, and the window after it; null where finding that out would cost a query more. */
final class Taken {
	public function __construct( public readonly bool $is_allowed, public readonly ?Window $window = null ) {}
}
