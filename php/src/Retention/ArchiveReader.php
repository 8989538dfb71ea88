<?php

namespace Draftkeeper\Retention;

use Generator;

defined( 'ABSPATH' ) || exit;

/** Reads an archive, whole or not at all: nothing of a file that is cut or changed is used. */
final class ArchiveReader {
	public const FORMAT  = 'draftkeeper-usage';
	public const VERSION = 1;

	private const MAX_LINE_BYTES = 65536;

	public function __construct( private readonly string $path ) {}

	/** The checksum over all rows, after it was compared with the rows. */
	public function checksum(): string {
		foreach ( $this->lines() as $foot ) {
			continue;
		}
		return $foot['sha256'] ?? throw $this->damaged();
	}

	/**
	 * All rows in the order of the file, after the whole of it was checked.
	 *
	 * @return Generator<int, array<string, mixed>>
	 */
	public function rows(): Generator {
		$this->checksum();
		foreach ( $this->lines() as $line ) {
			if ( ! isset( $line['sha256'] ) ) {
				yield $line;
			}
		}
	}

	public function month(): string {
		$file = $this->open();
		$head = self::decode( (string) gzgets( $file, self::MAX_LINE_BYTES ) );
		gzclose( $file );
		return is_string( $head['month'] ?? null ) ? $head['month'] : throw $this->damaged();
	}

	/** @return Generator<int, array<string, mixed>> the rows, and the foot last. */
	private function lines(): Generator {
		$file = $this->open();
		try {
			$head = self::decode( (string) gzgets( $file, self::MAX_LINE_BYTES ) );
			if ( self::FORMAT !== ( $head['format'] ?? null ) || self::VERSION !== ( $head['version'] ?? null ) ) {
				throw new \RuntimeException( "{$this->path} is no archive of Draftkeeper's books that this version can read." );
			}
			$hash = hash_init( 'sha256' );
			$rows = 0;
			for ( $line = gzgets( $file, self::MAX_LINE_BYTES ); is_string( $line ); $line = gzgets( $file, self::MAX_LINE_BYTES ) ) {
				$value = self::decode( $line );
				if ( isset( $value['sha256'] ) ) {
					if ( $rows !== ( $value['rows'] ?? null ) || ! hash_equals( hash_final( $hash ), (string) $value['sha256'] ) || false !== gzgets( $file, self::MAX_LINE_BYTES ) ) {
						throw $this->damaged();
					}
					yield $value;
					return;
				}
				++$rows;
				hash_update( $hash, $line );
				yield $value;
			}
			throw $this->damaged();
		} finally {
			gzclose( $file );
		}
	}

	/** @return resource */
	private function open(): mixed {
		$file = is_readable( $this->path ) && is_file( $this->path ) ? gzopen( $this->path, 'rb' ) : false;
		return false === $file ? throw new \RuntimeException( "{$this->path} cannot be read." ) : $file;
	}

	private function damaged(): \RuntimeException {
		return new \RuntimeException( "{$this->path} is cut or was changed; nothing of it was used." );
	}

	/** @return array<string, mixed> */
	private static function decode( string $line ): array {
		$value = json_decode( $line, true );
		return is_array( $value ) ? $value : array();
	}
}
