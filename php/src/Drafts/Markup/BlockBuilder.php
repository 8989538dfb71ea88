<?php

namespace Draftkeeper\Drafts\Markup;

defined( 'ABSPATH' ) || exit;

/** Builds the blocks of a draft from tokens: paragraphs, headings and flat lists, each written in its only form. */
final class BlockBuilder {
	/** @var array<int, array{string, list<string>}> name of the block and its contents (several for a list) */
	private array $blocks = array();

	/** The block that is open: 'p', 'h3', 'h4', 'li', or null for text that stands in none. */
	private ?string $block = null;

	/** @var list<HtmlToken> */
	private array $inside = array();

	/** @var list<string> 'ul' and 'ol' that are open */
	private array $lists = array();

	/**
	 * @param list<HtmlToken> $tokens
	 * @return list<string> the HTML of each block
	 */
	public static function build( array $tokens ): array {
		$builder = new self();
		foreach ( $tokens as $token ) {
			$builder->take( $token );
		}
		$builder->finish_block();
		return array_values( array_filter( array_map( self::html( ... ), $builder->blocks ), fn( string $html ) => '' !== $html ) );
	}

	private function take( HtmlToken $token ): void {
		$opens = HtmlToken::OPEN === $token->kind;
		if ( HtmlToken::TEXT === $token->kind ) {
			$this->inside[] = $token;
		} elseif ( 'ul' === $token->value || 'ol' === $token->value ) {
			$this->finish_block();
			$this->take_list( $token->value, $opens );
		} elseif ( 'li' === $this->block && 'li' !== $token->value && $this->parts( $token ) ) {
			// What blocks there are inside a list item become its lines.
			$this->inside[] = new HtmlToken( HtmlToken::OPEN, 'br' );
		} elseif ( isset( BlockTokens::BLOCKS[ $token->value ] ) ) {
			$this->finish_block();
			$this->block = $opens ? BlockTokens::BLOCKS[ $token->value ] : null;
		} elseif ( in_array( $token->value, BlockTokens::BOUNDARIES, true ) ) {
			$this->finish_block();
		} else {
			$this->inside[] = $token;
		}
	}

	private function parts( HtmlToken $token ): bool {
		return isset( BlockTokens::BLOCKS[ $token->value ] ) || in_array( $token->value, BlockTokens::BOUNDARIES, true );
	}

	private function take_list( string $tag, bool $opens ): void {
		if ( $opens ) {
			if ( array() === $this->lists ) {
				$this->blocks[] = array( $tag, array() );
			}
			$this->lists[] = $tag;
		} else {
			array_pop( $this->lists );
		}
	}

	private function finish_block(): void {
		$inside       = $this->inside;
		$block        = $this->block ?? ( array() === $this->lists ? null : 'li' );
		$this->inside = array();
		$this->block  = null;

		if ( null === $block ) {
			foreach ( LooseText::blocks( $inside ) as list( $name, $tokens ) ) {
				$this->add( $name, InlineHtml::paragraphs( $tokens ) );
			}
			return;
		}
		$this->add( 'li' === $block ? ( $this->lists[0] ?? 'ul' ) : $block, InlineHtml::paragraphs( $inside ) );
	}

	/** @param list<string> $paragraphs */
	private function add( string $name, array $paragraphs ): void {
		if ( array() === $paragraphs ) {
			return;
		}
		if ( 'ul' === $name || 'ol' === $name ) {
			$this->add_item( $name, implode( '<br>', $paragraphs ) );
		} elseif ( 'p' === $name ) {
			foreach ( $paragraphs as $paragraph ) {
				$this->blocks[] = array( 'p', array( self::without_embed( $paragraph ) ) );
			}
		} else {
			$this->blocks[] = array( $name, array( str_replace( '<br>', ' ', implode( ' ', $paragraphs ) ) ) );
		}
	}

	private function add_item( string $list, string $item ): void {
		$last = array_key_last( $this->blocks );
		if ( null !== $last && $list === $this->blocks[ $last ][0] ) {
			$this->blocks[ $last ][1][] = $item;
		} else {
			$this->blocks[] = array( $list, array( $item ) );
		}
	}

	/** WordPress replaces an address that is a paragraph of its own by an embedded page. */
	private static function without_embed( string $paragraph ): string {
		return 1 === preg_match( '~^(?:https?://)+[^\s<>"]+$~i', $paragraph ) ? (string) preg_replace( '~^(?:https?://)+~i', '', $paragraph ) : $paragraph;
	}

	/** @param array{string, list<string>} $block */
	private static function html( array $block ): string {
		list( $name, $contents ) = $block;
		if ( 'ul' !== $name && 'ol' !== $name ) {
			return "<$name>{$contents[0]}</$name>";
		}
		return array() === $contents ? '' : "<$name><li>" . implode( '</li><li>', $contents ) . "</li></$name>";
	}
}
