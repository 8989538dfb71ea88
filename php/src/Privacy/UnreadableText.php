<?php

namespace Draftkeeper\Privacy;

defined( 'ABSPATH' ) || exit;

/** A text cannot be read, or stored, without a key that is not here. Nothing is lost: with the key it can. */
final class UnreadableText extends \RuntimeException {}
