<?php

namespace Draftkeeper\Drafts;

use Draftkeeper\Drafts\Markup\BlockBuilder;
use Draftkeeper\Drafts\Markup\HtmlTokenizer;

defined( 'ABSPATH' ) || exit;

/**
 * Turns what a provider wrote into the HTML that a draft may hold.
 *
 * The result has one form for one content (no attributes, no space between blocks, `<br>`, only `&amp;` `&lt;` `&gt;`
 * escaped), so that the browser can hold its own sanitizer to the same examples. Sanitizing it again changes nothing.
 */
final class DraftSanitizer {
	private const MAX_CHARACTERS = 60000;

	/** One character can become five (`&amp;`). */
	private const MAX_CHARACTERS_OF_A_GIANT = 10000;

	/** A pass can bring forth marks that were hidden in others; more than a few times only text made to do so does. */
	private const MAX_PASSES = 5;

	public static function sanitize( string $task, string $text ): string {
		return match ( $task ) {
			'product_description' => self::copy_text( $text ),
			default => throw new \LogicException( "There are no rules for drafts of the task '$task'." ),
		};
	}

	private static function copy_text( string $text ): string {
		$html = self::pass( $text );
		for ( $passes = 1; $passes < self::MAX_PASSES; $passes++ ) {
			$again = self::pass( $html );
			if ( $again === $html ) {
				break;
			}
			$html = $again;
		}
		return $html;
	}

	private static function pass( string $text ): string {
		$blocks = BlockBuilder::build( HtmlTokenizer::tokens( $text ) );
		$html   = '';
		$length = 0;
		foreach ( $blocks as $block ) {
			$length += mb_strlen( $block );
			if ( $length > self::MAX_CHARACTERS ) {
				break;
			}
			$html .= $block;
		}
		if ( '' !== $html || array() === $blocks ) {
			return $html;
		}
		$start = mb_substr( html_entity_decode( strip_tags( $blocks[0] ), ENT_NOQUOTES ), 0, self::MAX_CHARACTERS_OF_A_GIANT );
		return self::pass( '<p>' . htmlspecialchars( $start, ENT_NOQUOTES ) . '</p>' );
	}
}
