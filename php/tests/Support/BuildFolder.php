<?php

namespace Draftkeeper\Tests\Support;

/** A plugin folder with a `build/` of one's choice. */
final class BuildFolder {
	public readonly string $path;

	public function __construct() {
		$this->path = sys_get_temp_dir() . '/draftkeeper-build-' . bin2hex( random_bytes( 8 ) );
		mkdir( "{$this->path}/build", 0700, true );
	}

	/** @param list<string> $dependencies */
	public function write( string $entry, array $dependencies, string $version ): void {
		$file = "{$this->path}/build/$entry";
		if ( ! is_dir( dirname( $file ) ) ) {
			mkdir( dirname( $file ), 0700, true );
		}
		$asset = var_export( array( 'dependencies' => $dependencies, 'version' => $version ), true );
		file_put_contents( "$file.asset.php", "<?php return $asset;" );
		file_put_contents( "$file.js", '' );
		file_put_contents( "$file.css", '' );
	}

	public function remove(): void {
		( require dirname( __DIR__ ) . '/remove-folder.php' )( $this->path );
	}
}
