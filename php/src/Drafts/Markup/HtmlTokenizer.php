<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Splits text that may hold HTML into tokens. Comments, and elements whose content is not prose, are left out whole. */
final class HtmlTokenizer {
	private const MARKUP = '~<!--(?:-?>|.*?(?:--!?>|\z))|<[!?][^>]*+(?:>|\z)|<(?<close>/?)(?<tag>[a-z][a-z0-9:-]*)(?=[\s/>])(?:[^>"\']++|"[^"]*+"|\'[^\']*+\')*+>~is';

	private const NOT_PROSE = array(
		'applet', 'audio', 'button', 'canvas', 'datalist', 'embed', 'frame', 'frameset', 'head', 'iframe', 'math', 'noembed', 'noframes',
		'noscript', 'object', 'option', 'script', 'select', 'style', 'svg', 'template', 'textarea', 'title', 'video', 'xmp',
	);

	/** Control characters, and those that cannot be seen or turn the direction of what follows. */
	private const UNSEEN = '~[\x{0}-\x{8}\x{B}\x{C}\x{E}-\x{1F}\x{7F}-\x{9F}\x{AD}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}\x{FFFE}\x{FFFF}]~u';

	/** @return list<HtmlToken> */
	public static function tokens( string $text ): array {
		$tokens = array();
		$offset = 0;
		while ( 1 === preg_match( self::MARKUP, $text, $match, PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL, $offset ) ) {
			$tokens = self::add_text( $tokens, substr( $text, $offset, $match[0][1] - $offset ) );
			$offset = $match[0][1] + strlen( (string) $match[0][0] );
			if ( null === $match['tag'][0] ) {
				continue;
			}
			$tag = strtolower( $match['tag'][0] );
			if ( ! in_array( $tag, self::NOT_PROSE, true ) ) {
				$tokens[] = new HtmlToken( '/' === $match['close'][0] ? HtmlToken::CLOSE : HtmlToken::OPEN, $tag );
			} elseif ( '' === $match['close'][0] ) {
				$offset = self::end_of_element( $text, $tag, $offset );
			}
		}
		return self::add_text( $tokens, substr( $text, $offset ) );
	}

	/**
	 * @param list<HtmlToken> $tokens
	 * @return list<HtmlToken>
	 */
	private static function add_text( array $tokens, string $text ): array {
		$text = html_entity_decode( $text, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		$text = preg_replace( array( '~\r\n?|\x{2028}|\x{2029}~u', self::UNSEEN ), array( "\n", '' ), $text ) ?? '';
		if ( '' !== $text ) {
			$tokens[] = new HtmlToken( HtmlToken::TEXT, $text );
		}
		return $tokens;
	}

	/** `embed` and `frame` never have content; another element without an end takes the rest with it. */
	private static function end_of_element( string $text, string $tag, int $offset ): int {
		if ( in_array( $tag, array( 'embed', 'frame' ), true ) ) {
			return $offset;
		}
		$found = preg_match( "~</$tag(?=[\\s/>])[^>]*+>~i", $text, $match, PREG_OFFSET_CAPTURE, $offset );
		return 1 === $found ? $match[0][1] + strlen( $match[0][0] ) : strlen( $text );
	}
}
