<?php

namespace Draftkeeper\Health;

defined( 'ABSPATH' ) || exit;

/** What a check has found, and what a person can do about it. */
final class Finding {
	private function __construct(
		public readonly Level $level,
		public readonly string $label,
		public readonly string $text,
		/** The next step; '' where none is needed. */
		public readonly string $next,
	) {}

	public static function good( string $label, string $text ): self {
		return new self( Level::Good, $label, $text, '' );
	}

	public static function recommended( string $label, string $text, string $next ): self {
		return new self( Level::Recommended, $label, $text, $next );
	}

	public static function critical( string $label, string $text, string $next ): self {
		return new self( Level::Critical, $label, $text, $next );
	}
}
