<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Health\Checks;
use Draftkeeper\Health\Finding;
use Draftkeeper\Health\Level;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper doctor` */
final class DoctorCommand {
	public function __construct( private readonly Console $console, private readonly Checks $checks ) {}

	/**
	 * Runs the checks of Site Health and says what to do. Ends with status 1 when something is critical.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : text for people; table, csv, json or yaml with check, level, label, text and next.
	 * ---
	 * default: text
	 * options:
	 *   - text
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function __invoke( array $arguments = array(), array $options = array() ): void {
		$findings = array_map( static fn( callable $check ): ?Finding => $check(), $this->checks->local() + $this->checks->remote() );
		$critical = count( array_filter( $findings, static fn( ?Finding $finding ) => Level::Critical === $finding?->level ) );
		$is_text  = 'text' === ( $options['format'] ?? 'text' );
		if ( ! $is_text ) {
			$this->console->table( array_map( self::row( ... ), array_keys( $findings ), $findings ), array( 'check', 'level', 'label', 'text', 'next' ), $options );
		}
		foreach ( $is_text ? $findings : array() as $name => $finding ) {
			null === $finding ? $this->console->line( "-    $name" ) : $this->show( $finding );
		}
		if ( $critical > 0 ) {
			/* translators: %d: number of findings. */
			$this->console->fail( sprintf( _n( '%d thing needs a person.', '%d things need a person.', $critical, 'draftkeeper' ), $critical ) );
		}
		if ( $is_text ) {
			$this->console->succeed( __( 'Nothing critical.', 'draftkeeper' ) );
		}
	}

	/** @return array<string, ?string> */
	private static function row( string $name, ?Finding $finding ): array {
		return array( 'check' => $name, 'level' => $finding?->level->value, 'label' => $finding?->label, 'text' => $finding?->text, 'next' => $finding?->next );
	}

	private function show( Finding $finding ): void {
		$mark = match ( $finding->level ) {
			Level::Good => 'ok  ',
			Level::Recommended => 'look',
			Level::Critical => 'BAD ',
		};
		$this->console->line( "$mark {$finding->label}" );
		if ( Level::Good !== $finding->level ) {
			$this->console->line( "     {$finding->text}" );
			$this->console->line( "     → {$finding->next}" );
		}
	}
}
