<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Turns the Markdown that models write inside a line into tags, and takes links, images and shortcodes apart. */
final class InlineMarkdown {
	private const EMPHASIS = array(
		'strong' => '~\*\*(?=\S)((?:[^*]|\*(?!\*)){1,500}?)(?<=\S)\*\*|(?<![\p{L}\p{N}_])__(?=\S)([^_]{1,500}?)(?<=\S)__(?![\p{L}\p{N}_])~u',
		'em'     => '~(?<![\p{L}\p{N}*\\\\])\*(?=[^\s*])([^*]{1,500}?)(?<=[^\s\\\\])\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_\\\\])_(?=[^\s_])([^_]{1,500}?)(?<=[^\s\\\\])_(?![\p{L}\p{N}_])~u',
	);

	private const REPLACED = array(
		'~!\[[^\[\]]{0,500}\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)~u' => '',
		'~\[([^\[\]]{1,500})\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)~u' => '$1',
		'~`{1,3}([^`\n]{1,500})`{1,3}~u' => '$1',
		'~\\\\([-#.()!+>|])~' => '$1',
	);

	/**
	 * @param list<HtmlToken> $tokens of one block
	 * @return list<HtmlToken>
	 */
	public static function expand( array $tokens ): array {
		$expanded = array();
		foreach ( $tokens as $token ) {
			array_push( $expanded, ...( HtmlToken::TEXT === $token->kind ? self::emphasis( self::plain( $token->value ), array( 'strong', 'em' ) ) : array( $token ) ) );
		}
		return $expanded;
	}

	/** Square brackets become round ones: WordPress would run what stands in them as a shortcode. */
	private static function plain( string $text ): string {
		foreach ( self::REPLACED as $pattern => $replacement ) {
			$text = preg_replace( $pattern, $replacement, $text ) ?? $text;
		}
		return strtr( $text, '[]', '()' );
	}

	/**
	 * @param list<string> $tags
	 * @return list<HtmlToken>
	 */
	private static function emphasis( string $text, array $tags ): array {
		if ( '' === $text ) {
			return array();
		}
		if ( array() === $tags ) {
			return array( new HtmlToken( HtmlToken::TEXT, $text ) );
		}
		$tag    = array_shift( $tags );
		$tokens = array();
		$end    = 0;
		preg_match_all( self::EMPHASIS[ $tag ], $text, $matches, PREG_SET_ORDER | PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL );
		foreach ( $matches as $match ) {
			array_push(
				$tokens,
				...self::emphasis( substr( $text, $end, $match[0][1] - $end ), $tags ),
				...array( new HtmlToken( HtmlToken::OPEN, $tag ) ),
				...self::emphasis( (string) ( $match[1][0] ?? $match[2][0] ), $tags ),
				...array( new HtmlToken( HtmlToken::CLOSE, $tag ) )
			);
			$end = $match[0][1] + strlen( (string) $match[0][0] );
		}
		array_push( $tokens, ...self::emphasis( substr( $text, $end ), $tags ) );
		return $tokens;
	}
}
