<?php

namespace Draftkeeper\Retention;

defined( 'ABSPATH' ) || exit;

/** The folder of the archives, under uploads where a host lets PHP write. Its name cannot be guessed, and no server lists or serves it. */
final class ArchiveFolder {
	private const PREFIX = 'draftkeeper-archive-';

	private const GUARDS = array(
		'.htaccess'  => "<IfModule mod_authz_core.c>\n\tRequire all denied\n</IfModule>\n<IfModule !mod_authz_core.c>\n\tDeny from all\n</IfModule>\n",
		'index.php'  => "<?php // Nothing to see.\n",
		'web.config' => '<configuration><system.webServer><authorization><deny users="*" /></authorization></system.webServer></configuration>' . "\n",
	);

	/** The folder's path, '' while there is none. */
	public function path(): string {
		/**
		 * Filters where the books are archived; outside of the web root is best. '' for a folder under uploads.
		 *
		 * @param string $path An absolute path that PHP may write to.
		 */
		$path = (string) apply_filters( 'draftkeeper_archive_folder', '' );
		// Found by its name, so that it is still found when all options are gone.
		return '' !== $path ? untrailingslashit( $path ) : (string) ( glob( self::uploads() . '/' . self::PREFIX . '*', GLOB_ONLYDIR )[0] ?? '' );
	}

	/** Whether the folder can be written to, or made; makes nothing. */
	public function is_writable(): bool {
		$path = $this->path();
		$path = '' !== $path ? $path : self::uploads();
		while ( ! file_exists( $path ) && dirname( $path ) !== $path ) {
			$path = dirname( $path );
		}
		return is_dir( $path ) && wp_is_writable( $path );
	}

	/** Makes the folder and what protects it. */
	public function make(): string {
		$path = $this->path();
		$path = '' !== $path ? $path : self::uploads() . '/' . self::PREFIX . bin2hex( random_bytes( 16 ) );
		if ( ! wp_mkdir_p( $path ) ) {
			throw new \RuntimeException( "The folder $path cannot be made." );
		}
		foreach ( self::GUARDS as $name => $content ) {
			if ( ! is_file( "$path/$name" ) && false === file_put_contents( "$path/$name", $content ) ) {
				throw new \RuntimeException( "The folder $path cannot be written to." );
			}
		}
		return $path;
	}

	/** @return list<string> the paths of all archives, the oldest month first. */
	public function archives(): array {
		$path = $this->path();
		return '' === $path ? array() : ( glob( "$path/usage-*.ndjson.gz" ) ?: array() );
	}

	/** Deletes the folder and everything in it. */
	public function delete(): void {
		$path = $this->path();
		if ( '' === $path || ! is_dir( $path ) ) {
			return;
		}
		foreach ( array_merge( glob( "$path/usage-*" ) ?: array(), array_map( static fn( string $name ) => "$path/$name", array_keys( self::GUARDS ) ) ) as $file ) {
			if ( is_file( $file ) ) {
				unlink( $file );
			}
		}
		// Something of somebody else may lie there.
		if ( array() === array_diff( scandir( $path ) ?: array(), array( '.', '..' ) ) ) {
			rmdir( $path );
		}
	}

	private static function uploads(): string {
		return wp_upload_dir( null, false )['basedir'];
	}
}
