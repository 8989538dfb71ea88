<?php

namespace Draftkeeper\Tests\Support;

/** A Redis of this test's own: in memory, on a socket in a temporary folder. */
final class RedisServer {
	private const READY_TEXT = 'ready to accept connections';

	/** @param resource $process */
	private function __construct( public readonly string $socket, private $process, private readonly string $folder ) {}

	/** Null where there is no Redis or PHP cannot speak to it. */
	public static function start(): ?self {
		$program = array_values( array_filter( array_map( static fn( string $folder ) => "$folder/redis-server", explode( PATH_SEPARATOR, (string) getenv( 'PATH' ) ) ), is_executable( ... ) ) )[0] ?? null;
		if ( null === $program || ! extension_loaded( 'redis' ) ) {
			return null;
		}
		$folder = sys_get_temp_dir() . '/draftkeeper-redis-server-' . bin2hex( random_bytes( 6 ) );
		mkdir( $folder );
		$pipes   = array();
		$process = proc_open( array( $program, '--port', '0', '--unixsocket', "$folder/socket", '--dir', $folder, '--save', '', '--appendonly', 'no' ), array( 1 => array( 'pipe', 'w' ) ), $pipes );
		if ( false === $process ) {
			return null;
		}
		do {
			$line = fgets( $pipes[1] );
		} while ( false !== $line && ! str_contains( strtolower( $line ), self::READY_TEXT ) );
		return new self( "$folder/socket", $process, $folder );
	}

	public function stop(): void {
		proc_terminate( $this->process );
		proc_close( $this->process );
		( require dirname( __DIR__ ) . '/remove-folder.php' )( $this->folder );
	}
}
