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
	 * @param list<mixed>  $rows    for `ids` the ids, else columns by name.
	 * @param list<string> $columns
	 * @param string       $format  `table`, `csv`, `json`, `yaml`, `ids` or `count`.
	 */
	public function table( array $rows, array $columns, string $format ): void;
}
