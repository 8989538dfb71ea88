<?php

namespace Draftkeeper\Health;

use Draftkeeper\Retention\ArchiveFolder;
use Draftkeeper\Retention\RetentionSettings;

defined( 'ABSPATH' ) || exit;

/** Whether old months of the books can move into their files when their time has come. */
final class ArchiveCheck {
	public function __construct( private readonly ArchiveFolder $folder, private readonly RetentionSettings $retention ) {}

	/** Null where nothing is archived. */
	public function find(): ?Finding {
		if ( 0 === $this->retention->row_days() ) {
			return null;
		}
		if ( ! function_exists( 'gzopen' ) ) {
			return self::barred( __( 'PHP lacks the zlib extension.', 'draftkeeper' ), __( 'Let the host install it, or set “Days to keep jobs and books” to 0.', 'draftkeeper' ) );
		}
		return $this->folder->is_writable()
			? Finding::good( __( 'Old months of Draftkeeper’s books can be archived', 'draftkeeper' ), __( 'Their folder can be written to.', 'draftkeeper' ) )
			: self::barred( __( 'Their folder cannot be made or written to.', 'draftkeeper' ), __( 'Let PHP write to the folder of uploads, or name another one by the filter draftkeeper_archive_folder.', 'draftkeeper' ) );
	}

	private static function barred( string $why, string $next ): Finding {
		return Finding::recommended( __( 'Old months of Draftkeeper’s books cannot be archived', 'draftkeeper' ), $why . ' ' . __( 'They stay in the database meanwhile.', 'draftkeeper' ), $next );
	}
}
