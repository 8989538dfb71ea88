<?php

namespace Draftkeeper\Cli;

defined( 'ABSPATH' ) || exit;

/** What a command says. */
interface Console {
	public function line( string $text ): void;

	public function warn( string $text ): void;

	public function succeed( string $text ): void;

	/** Ends the command with status 1. */
	public function fail( string $text ): never;

	/**
	 * @param list<mixed>           $rows    for the format `ids` the ids, else columns by name.
	 * @param list<string>          $columns those that are shown, unless the options say otherwise.
	 * @param array<string, string> $options of the command: `format`, `fields` and `field` as WP-CLI knows them.
	 */
	public function table( array $rows, array $columns, array $options ): void;
}
