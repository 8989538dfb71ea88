<?php

namespace Draftkeeper\Tests\Support;

use Draftkeeper\Cli\Console;

/** Remembers what a command says. */
final class RecordingConsole implements Console {
	public string $text = '';

	/** @var list<array<string, mixed>> */
	public array $rows = array();

	public function line( string $text ): void {
		$this->text .= "$text\n";
	}

	public function warn( string $text ): void {
		$this->line( "Warning: $text" );
	}

	public function succeed( string $text ): void {
		$this->line( "Success: $text" );
	}

	public function fail( string $text ): never {
		$this->line( "Error: $text" );
		throw new \DomainException( $text );
	}

	public function table( array $rows, array $columns, array $options ): void {
		$this->rows = array_map( static fn( mixed $row ) => is_array( $row ) ? array_intersect_key( $row, array_flip( $columns ) ) : array( 'id' => $row ), $rows );
	}
}
