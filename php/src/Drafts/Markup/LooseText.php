<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Reads text that stands in no block as light Markdown: blank lines part paragraphs, `#` and `-` make headings and lists. */
final class LooseText {
	private const RULE = '~^(?:(?:[-*_]\s*){3,}|={3,}|`{3,}\w*)$~';

	private const MARKS = array(
		'h3' => '~^#{1,3}\s+~',
		'h4' => '~^#{4,6}\s+~',
		'ul' => '~^[-*+•]\s+~u',
		'ol' => '~^\d{1,3}[.)]\s+~',
	);

	/** @var array<int, array{string, list<HtmlToken>}> */
	private array $blocks = array();

	private bool $continues = false;

	/**
	 * @param list<HtmlToken> $tokens
	 * @return list<array{string, list<HtmlToken>}> name ('ul' and 'ol' stand for one item each) and content
	 */
	public static function blocks( array $tokens ): array {
		$reader = new self();
		foreach ( self::lines( $tokens ) as $line ) {
			$reader->take( $line );
		}
		return array_values( $reader->blocks );
	}

	/**
	 * @param list<HtmlToken> $tokens
	 * @return list<list<HtmlToken>>
	 */
	private static function lines( array $tokens ): array {
		$lines = array( array() );
		foreach ( $tokens as $token ) {
			if ( HtmlToken::TEXT !== $token->kind ) {
				$lines[ count( $lines ) - 1 ][] = $token;
				continue;
			}
			foreach ( explode( "\n", $token->value ) as $number => $piece ) {
				if ( $number > 0 ) {
					$lines[] = array();
				}
				if ( '' !== $piece ) {
					$lines[ count( $lines ) - 1 ][] = new HtmlToken( HtmlToken::TEXT, $piece );
				}
			}
		}
		return $lines;
	}

	/** @param list<HtmlToken> $line */
	private function take( array $line ): void {
		$text = implode( '', array_map( fn( HtmlToken $token ) => HtmlToken::TEXT === $token->kind ? $token->value : '', $line ) );
		if ( '' === trim( $text ) || 1 === preg_match( self::RULE, trim( $text ) ) ) {
			$this->continues = false;
			// A tag alone on its line still opens or closes what follows.
			$line = array_values( array_filter( $line, fn( HtmlToken $token ) => HtmlToken::TEXT !== $token->kind ) );
			$last = array_key_last( $this->blocks );
			if ( null !== $last ) {
				array_push( $this->blocks[ $last ][1], ...$line );
			}
			return;
		}

		$first = $line[0];
		$start = HtmlToken::TEXT === $first->kind ? ltrim( $first->value ) : '';
		foreach ( self::MARKS as $name => $pattern ) {
			if ( 1 === preg_match( $pattern, $start, $match ) ) {
				$line[0]         = new HtmlToken( HtmlToken::TEXT, substr( $start, strlen( $match[0] ) ) );
				$this->blocks[]  = array( $name, 'h' === $name[0] ? self::without_closing_marks( $line ) : $line );
				$this->continues = 'h' !== $name[0];
				return;
			}
		}

		$last        = array_key_last( $this->blocks );
		$is_indented = $start !== $first->value && HtmlToken::TEXT === $first->kind;
		if ( null === $last || ! $this->continues || ( 'p' !== $this->blocks[ $last ][0] && ! $is_indented ) ) {
			$this->blocks[]  = array( 'p', $line );
			$this->continues = true;
			return;
		}
		$before = end( $this->blocks[ $last ][1] );
		if ( 'p' === $this->blocks[ $last ][0] && ( false === $before || 'br' !== $before->value ) ) {
			$this->blocks[ $last ][1][] = new HtmlToken( HtmlToken::OPEN, 'br' );
		}
		array_push( $this->blocks[ $last ][1], new HtmlToken( HtmlToken::TEXT, ' ' ), ...$line );
	}

	/**
	 * @param list<HtmlToken> $line
	 * @return list<HtmlToken>
	 */
	private static function without_closing_marks( array $line ): array {
		$last = count( $line ) - 1;
		if ( HtmlToken::TEXT === $line[ $last ]->kind ) {
			$line[ $last ] = new HtmlToken( HtmlToken::TEXT, (string) preg_replace( '~\s+#+\s*$~', '', $line[ $last ]->value ) );
		}
		return array_values( $line );
	}
}
