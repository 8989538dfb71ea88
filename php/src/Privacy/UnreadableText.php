<?php

namespace Draftkeeper\Privacy;

defined( 'ABSPATH' ) || exit;

/** A stored text is encrypted with a key that is not here. It is not lost: with the key it can be read again. */
final class UnreadableText extends \RuntimeException {}
