<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Which tag makes which block. What is in neither list is no block: its text stays where it is. */
final class BlockTokens {
	/** Tags that a draft may hold, under the name it has there. */
	public const BLOCKS = array(
		'p'  => 'p',
		'li' => 'li',
		'h1' => 'h3',
		'h2' => 'h3',
		'h3' => 'h3',
		'h4' => 'h4',
		'h5' => 'h4',
		'h6' => 'h4',
	);

	/** Tags that part two texts, and are not kept themselves. */
	public const BOUNDARIES = array(
		'address', 'article', 'aside', 'blockquote', 'body', 'caption', 'center', 'dd', 'details', 'dialog', 'dir', 'div', 'dl', 'dt',
		'fieldset', 'figcaption', 'figure', 'footer', 'form', 'header', 'hgroup', 'hr', 'html', 'legend', 'main', 'menu', 'nav', 'p', 'pre',
		'search', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr',
	);
}
