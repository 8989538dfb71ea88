<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Writes the inside of one block in its only form: `strong`, `em` and `br`, well nested, no needless space. */
final class InlineHtml {
	private const TAGS = array( 'strong' => 'strong', 'b' => 'strong', 'em' => 'em', 'i' => 'em' );

	/** @var list<string> finished paragraphs */
	private array $paragraphs = array();

	private string $html = '';

	/** @var list<string> tags asked for, in order, with repetitions */
	private array $wanted = array();

	/** @var list<string> tags written and not closed yet */
	private array $open = array();

	private bool $space = false;

	private int $breaks = 0;

	/**
	 * @param list<HtmlToken> $tokens
	 * @return list<string> one or more paragraphs (two breaks in a row part them), none when there is no text.
	 */
	public static function paragraphs( array $tokens ): array {
		$writer = new self();
		foreach ( InlineMarkdown::expand( $tokens ) as $token ) {
			$writer->add( $token );
		}
		$writer->finish_paragraph();
		return $writer->paragraphs;
	}

	private function add( HtmlToken $token ): void {
		if ( HtmlToken::TEXT === $token->kind ) {
			$this->add_text( $token->value );
		} elseif ( 'br' === $token->value ) {
			++$this->breaks;
		} elseif ( isset( self::TAGS[ $token->value ] ) ) {
			$this->want( self::TAGS[ $token->value ], HtmlToken::OPEN === $token->kind );
		}
	}

	private function want( string $tag, bool $opens ): void {
		if ( $opens ) {
			$this->wanted[] = $tag;
			return;
		}
		$places = array_keys( $this->wanted, $tag, true );
		if ( array() !== $places ) {
			array_splice( $this->wanted, (int) end( $places ), 1 );
		}
	}

	private function add_text( string $text ): void {
		foreach ( preg_split( '~([ \t\n\r\f]+)~', $text, -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY ) ?: array() as $piece ) {
			if ( '' === trim( $piece, " \t\n\r\f" ) ) {
				$this->space = true;
				continue;
			}
			$this->write( $piece );
		}
	}

	private function write( string $piece ): void {
		if ( $this->breaks > 1 ) {
			$this->finish_paragraph();
		}
		$wanted = array_values( array_unique( $this->wanted ) );
		$shared = 0;
		while ( isset( $wanted[ $shared ], $this->open[ $shared ] ) && $wanted[ $shared ] === $this->open[ $shared ] ) {
			++$shared;
		}
		$this->close( $shared );
		if ( '' !== $this->html ) {
			$this->html .= 1 === $this->breaks ? '<br>' : ( $this->space ? ' ' : '' );
		}
		foreach ( array_slice( $wanted, $shared ) as $tag ) {
			$this->html  .= "<$tag>";
			$this->open[] = $tag;
		}
		$this->html  .= strtr( $piece, array( '&' => '&amp;', '<' => '&lt;', '>' => '&gt;' ) );
		$this->breaks = 0;
		$this->space  = false;
	}

	private function close( int $keep ): void {
		while ( count( $this->open ) > $keep ) {
			$this->html .= '</' . array_pop( $this->open ) . '>';
		}
	}

	private function finish_paragraph(): void {
		$this->close( 0 );
		// A paragraph of nothing but no-break spaces is no paragraph.
		if ( 1 !== preg_match( '~^(?:\s|\x{A0}|<[^>]*+>)*+$~u', $this->html ) ) {
			$this->paragraphs[] = $this->html;
		}
		$this->html   = '';
		$this->breaks = 0;
		$this->space  = false;
	}
}
