<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** A piece of hostile HTML: text (entities decoded), or the name of a tag that opens or closes. Attributes are gone. */
final class HtmlToken {
	public const TEXT  = 'text';
	public const OPEN  = 'open';
	public const CLOSE = 'close';

	public function __construct( public readonly string $kind, public readonly string $value ) {}
}
