<?php

namespace Draftkeeper\Tests\Support;

use PHPUnit\Framework\Assert;

/** Real PHP processes with a WordPress each, on this run's database, that begin at the same instant. */
final class ParallelProcesses {
	private const SCRIPT = __DIR__ . '/parallel/process.php';

	/** @param array<string, string> $environment on top of the settings of the tests. */
	public function __construct( private readonly array $environment = array() ) {}

	/**
	 * Runs `$task` of `parallel/process.php` in `$count` processes.
	 *
	 * @return list<mixed> what each has printed as JSON.
	 */
	public function run( int $count, string $task, string ...$arguments ): array {
		$settings    = require dirname( __DIR__ ) . '/settings.php';
		$environment = getenv();
		foreach ( array( 'CONTENT' => WP_CONTENT_DIR ) + $settings as $name => $value ) {
			$environment[ "DRAFTKEEPER_TEST_$name" ] = $value;
		}
		$processes = array();
		for ( $index = 0; $index < $count; ++$index ) {
			$pipes   = array();
			$process = proc_open( array( PHP_BINARY, self::SCRIPT, $task, (string) $index, ...$arguments ), array( array( 'pipe', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, $this->environment + $environment );
			Assert::assertIsResource( $process );
			$processes[] = array( $process, $pipes );
		}
		foreach ( $processes as list( , $pipes ) ) {
			Assert::assertSame( "ready\n", fgets( $pipes[1] ) );
		}
		foreach ( $processes as list( , $pipes ) ) {
			fwrite( $pipes[0], "go\n" );
			fclose( $pipes[0] );
		}
		$answers = array();
		foreach ( $processes as list( $process, $pipes ) ) {
			$text = (string) stream_get_contents( $pipes[1] );
			fclose( $pipes[1] );
			Assert::assertSame( 0, proc_close( $process ), $text );
			$answers[] = json_decode( $text, true, 16, JSON_THROW_ON_ERROR );
		}
		return $answers;
	}
}
