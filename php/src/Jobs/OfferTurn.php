<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/**
 * Whose turn it is to offer new jobs, among the requests that a server handles at the same time. The operating system ends the turn of a
 * process that dies. Nothing depends on it but how many jobs go into one offer: where no file can be locked, it is everybody's turn.
 */
final class OfferTurn {
	/** @var resource|null the locked file while it is our turn. */
	private $file = null;

	/** @param string|null $path of the file, by default one of the site that first asks. */
	public function __construct( private ?string $path = null ) {}

	/** Never waits. */
	public function take(): bool {
		if ( null !== $this->file ) {
			return true;
		}
		// Where it cannot be opened everybody offers what is his own, and there is nothing to warn of.
		$this->path ??= self::path_of_this_site();
		$file         = @fopen( $this->path, 'c' );
		if ( false === $file ) {
			return true;
		}
		if ( ! flock( $file, LOCK_EX | LOCK_NB, $is_taken ) && 1 === $is_taken ) {
			fclose( $file );
			return false;
		}
		$this->file = $file;
		return true;
	}

	public function end(): void {
		if ( null !== $this->file ) {
			fclose( $this->file );
			$this->file = null;
		}
	}

	/** For a site that is without the plugin from now on. */
	public static function forget(): void {
		wp_delete_file( self::path_of_this_site() );
	}

	/** A name that nobody else on the server can guess. */
	private static function path_of_this_site(): string {
		return get_temp_dir() . 'draftkeeper-' . wp_hash( 'offers of ' . get_current_blog_id() ) . '.lock';
	}
}
