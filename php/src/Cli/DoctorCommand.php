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
	 */
	public function __invoke(): void {
		$critical = 0;
		foreach ( $this->checks->local() + $this->checks->remote() as $name => $check ) {
			$finding = $check();
			if ( null === $finding ) {
				$this->console->line( "-    $name" );
				continue;
			}
			$this->show( $finding );
			$critical += Level::Critical === $finding->level ? 1 : 0;
		}
		if ( $critical > 0 ) {
			/* translators: %d: number of findings. */
			$this->console->fail( sprintf( _n( '%d thing needs a person.', '%d things need a person.', $critical, 'draftkeeper' ), $critical ) );
		}
		$this->console->succeed( __( 'Nothing critical.', 'draftkeeper' ) );
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
