<?php

namespace Draftkeeper\Retention;

defined( 'ABSPATH' ) || exit;

/** Writes one archive: a head, one JSON object per line, a foot with count and checksum; gzipped. It has no name before it is whole. */
final class ArchiveWriter {
	/** @var resource */
	private readonly mixed $file;

	private readonly \DeflateContext $gzip;
	private readonly \HashContext $hash;
	private readonly string $part;
	private int $rows = 0;

	/** @param string $path without an ending. */
	public function __construct( private readonly string $path, string $month ) {
		$this->part = "$path.part";
		$file       = fopen( $this->part, 'xb' );
		if ( false === $file ) {
			throw new \RuntimeException( "The file {$this->part} cannot be written." );
		}
		chmod( $this->part, 0600 );
		$this->file = $file;
		$this->gzip = deflate_init( ZLIB_ENCODING_GZIP ) ?: throw new \RuntimeException( 'PHP cannot compress.' );
		$this->hash = hash_init( 'sha256' );
		$this->line( array( 'format' => ArchiveReader::FORMAT, 'version' => ArchiveReader::VERSION, 'site' => home_url(), 'month' => $month ) );
	}

	/** @param array<string, mixed> $row */
	public function add( array $row ): void {
		++$this->rows;
		hash_update( $this->hash, $this->line( $row ) );
	}

	/**
	 * Ends the file, makes sure that it is on the disk, reads it again, and gives it its name.
	 *
	 * @return string the path.
	 */
	public function finish(): string {
		$checksum = hash_final( $this->hash );
		$this->line( array( 'rows' => $this->rows, 'sha256' => $checksum ) );
		$this->write( (string) deflate_add( $this->gzip, '', ZLIB_FINISH ) );
		if ( ! fflush( $this->file ) || ! fsync( $this->file ) || ! fclose( $this->file ) ) {
			throw new \RuntimeException( "The file {$this->part} could not be written to the end." );
		}
		if ( ( new ArchiveReader( $this->part ) )->checksum() !== $checksum ) {
			throw new \RuntimeException( "The file {$this->part} does not hold what was written." );
		}
		$path = "{$this->path}.ndjson.gz";
		if ( ! rename( $this->part, $path ) ) {
			throw new \RuntimeException( "The file {$this->part} cannot be renamed." );
		}
		return $path;
	}

	/** Gives up. */
	public function discard(): void {
		if ( is_file( $this->part ) ) {
			unlink( $this->part );
		}
	}

	/** @param array<string, mixed> $value */
	private function line( array $value ): string {
		$line = json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR ) . "\n";
		$this->write( (string) deflate_add( $this->gzip, $line, ZLIB_NO_FLUSH ) );
		return $line;
	}

	private function write( string $bytes ): void {
		if ( '' !== $bytes && strlen( $bytes ) !== fwrite( $this->file, $bytes ) ) {
			throw new \RuntimeException( "The file {$this->part} could not be written; the disk may be full." );
		}
	}
}
