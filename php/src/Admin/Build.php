<?php

namespace Draftkeeper\Admin;

defined( 'ABSPATH' ) || exit;

/** The scripts that `npm run build` makes. A fresh clone has none. */
final class Build {
	/** @param string $folder the plugin's folder; `build/` lies in it. */
	public function __construct( private readonly string $folder, private readonly string $plugin_file ) {}

	/**
	 * What a script needs, or null when it has not been built.
	 *
	 * @return array{dependencies: list<non-empty-string>, version: string}|null
	 */
	public function asset( string $entry ): ?array {
		$file = "{$this->folder}/build/$entry.asset.php";
		return is_file( $file ) && is_file( "{$this->folder}/build/$entry.js" ) ? require $file : null;
	}

	public function url( string $file ): string {
		return plugins_url( "build/$file", $this->plugin_file );
	}

	public static function render_missing_notice(): void {
		printf(
			'<div class="notice notice-error"><p>%s</p></div>',
			wp_kses(
				__( 'The scripts of Draftkeeper have not been built. Run <code>npm install</code> and <code>npm run build</code> in the plugin\'s folder, or install the zip, which holds them.', 'draftkeeper' ),
				array( 'code' => array() )
			)
		);
	}
}
