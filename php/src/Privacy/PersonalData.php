<?php

namespace Draftkeeper\Privacy;

use Draftkeeper\Retention\Archive;

defined( 'ABSPATH' ) || exit;

/** Answers WordPress's tools for exporting and erasing personal data. */
final class PersonalData {
	private const JOBS_PER_PAGE = 50;
	private const ROWS_PER_PAGE = 500;

	/** How long an erasure that was broken off is known to have come so far. */
	private const ERASING_SECONDS = 3600;

	public function __construct( private readonly PrivacyStore $store, private readonly Forgetting $forgetting, private readonly Archive $archive ) {}

	/**
	 * @param array<string, array<string, mixed>> $exporters
	 * @return array<string, array<string, mixed>>
	 */
	public function add_exporters( array $exporters ): array {
		$exporters['draftkeeper-jobs']  = array( 'exporter_friendly_name' => __( 'Draftkeeper: drafts', 'draftkeeper' ), 'callback' => $this->export_jobs( ... ) );
		$exporters['draftkeeper-usage'] = array( 'exporter_friendly_name' => __( 'Draftkeeper: usage', 'draftkeeper' ), 'callback' => $this->export_usage( ... ) );
		return $exporters;
	}

	/**
	 * @param array<string, array<string, mixed>> $erasers
	 * @return array<string, array<string, mixed>>
	 */
	public function add_erasers( array $erasers ): array {
		$erasers['draftkeeper'] = array( 'eraser_friendly_name' => __( 'Draftkeeper: drafts and usage', 'draftkeeper' ), 'callback' => $this->erase( ... ) );
		return $erasers;
	}

	/** @return array{data: list<array<string, mixed>>, done: bool} */
	private function export_jobs( string $email, int $page = 1 ): array {
		$user = get_user_by( 'email', $email );
		$jobs = false === $user ? array() : $this->store->jobs_of( $user->ID, self::JOBS_PER_PAGE, ( max( 1, $page ) - 1 ) * self::JOBS_PER_PAGE );
		return array(
			'data' => array_map( static fn( array $row ) => self::job( $row, false === $user ? 0 : $user->ID ), $jobs ),
			'done' => count( $jobs ) < self::JOBS_PER_PAGE,
		);
	}

	/**
	 * The books first, then each archive as a page of its own.
	 *
	 * @return array{data: list<array<string, mixed>>, done: bool}
	 */
	private function export_usage( string $email, int $page = 1 ): array {
		$user = get_user_by( 'email', $email );
		if ( false === $user ) {
			return array( 'data' => array(), 'done' => true );
		}
		$page     = max( 1, $page );
		$pages    = max( 1, (int) ceil( $this->store->count_usage_of( $user->ID ) / self::ROWS_PER_PAGE ) );
		$archives = $this->archive->files();
		$archived = $archives[ $page - $pages - 1 ] ?? null;
		$rows     = null === $archived ? $this->store->usage_of( $user->ID, self::ROWS_PER_PAGE, ( $page - 1 ) * self::ROWS_PER_PAGE ) : $this->archive->rows_of( $user->ID, $archived );
		return array( 'data' => array_map( self::usage( ... ), $rows ), 'done' => $page >= $pages + count( $archives ) );
	}

	/** @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool} */
	private function erase( string $email, int $page = 1 ): array {
		$user  = get_user_by( 'email', $email );
		$batch = false === $user ? array( 'erased' => 0, 'kept' => 0 ) : $this->forgetting->erase_some( $user->ID, true );
		if ( false !== $user && 0 === $batch['erased'] ) {
			return $this->erase_archived( $user->ID );
		}
		return array(
			'items_removed'  => $batch['erased'] > 0,
			'items_retained' => $batch['kept'] > 0,
			/* translators: %d: number of drafts. */
			'messages'       => 0 === $batch['kept'] ? array() : array( sprintf( _n( '%d draft waits on its post for a review and was kept; nothing in it names the person any more.', '%d drafts wait on their posts for a review and were kept; nothing in them names the person any more.', $batch['kept'], 'draftkeeper' ), $batch['kept'] ) ),
			'done'           => 0 === $batch['erased'],
		);
	}

	/**
	 * One month of the archives at a time.
	 *
	 * @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool}
	 */
	private function erase_archived( int $user_id ): array {
		$place = "draftkeeper_erased_$user_id";
		$part  = $this->archive->forget_user( $user_id, (string) get_transient( $place ) );
		if ( null === $part ) {
			delete_transient( $place );
		} else {
			set_transient( $place, $part['month'], self::ERASING_SECONDS );
		}
		$unreadable = $part['unreadable'] ?? array();
		return array(
			'items_removed'  => ( $part['rows'] ?? 0 ) > 0,
			'items_retained' => array() !== $unreadable,
			/* translators: %s: name of a file. */
			'messages'       => array_map( static fn( string $file ) => sprintf( __( 'The archive %s cannot be read or replaced and may still hold the number of this account. Put it right from a backup and erase again, or delete it.', 'draftkeeper' ), $file ), $unreadable ),
			'done'           => null === $part,
		);
	}

	/**
	 * @param array<string, ?string> $row
	 * @return array<string, mixed>
	 */
	private static function job( array $row, int $user_id ): array {
		$data = array(
			__( 'Job', 'draftkeeper' )     => $row['uuid'],
			__( 'Task', 'draftkeeper' )    => $row['task'],
			__( 'Post', 'draftkeeper' )    => $row['post_id'],
			__( 'Status', 'draftkeeper' )  => $row['status'],
			__( 'Created', 'draftkeeper' ) => $row['created_at'],
		);
		if ( (int) $row['user_id'] === $user_id ) {
			$data += array(
				__( 'Reference', 'draftkeeper' )     => $row['client_ref'],
				__( 'Request', 'draftkeeper' )       => self::text( $row['request_json'] ),
				__( 'Draft', 'draftkeeper' )         => self::text( $row['result_json'] ),
				__( 'Text before', 'draftkeeper' )   => self::text( $row['original_text'] ),
				__( 'Accepted text', 'draftkeeper' ) => self::text( $row['final_text'] ),
			);
		}
		if ( (int) $row['reviewed_by'] === $user_id ) {
			$data += array( __( 'Your review', 'draftkeeper' ) => $row['review'], __( 'Reviewed', 'draftkeeper' ) => $row['reviewed_at'] );
		}
		return self::item( 'draftkeeper-jobs', __( 'Drafts', 'draftkeeper' ), "draftkeeper-job-{$row['uuid']}", $data );
	}

	/**
	 * @param array<string, mixed> $row
	 * @return array<string, mixed>
	 */
	private static function usage( array $row ): array {
		$names = array( 'day', 'created_at', 'role', 'post_id', 'task', 'provider', 'model', 'tokens_in', 'tokens_out', 'cost_micros', 'status', 'job_uuid', 'attempt', 'request_id' );
		return self::item( 'draftkeeper-usage', __( 'Calls of AI providers', 'draftkeeper' ), "draftkeeper-usage-{$row['id']}", array_map( static fn( mixed $value ) => null === $value ? null : (string) $value, array_intersect_key( $row, array_flip( $names ) ) ) );
	}

	/**
	 * @param array<string, ?string> $data
	 * @return array<string, mixed>
	 */
	private static function item( string $group, string $label, string $id, array $data ): array {
		$data = array_filter( $data, static fn( ?string $value ) => null !== $value && '' !== $value );
		return array(
			'group_id'    => $group,
			'group_label' => $label,
			'item_id'     => $id,
			'data'        => array_map( static fn( string $name, string $value ) => array( 'name' => $name, 'value' => $value ), array_keys( $data ), $data ),
		);
	}

	private static function text( ?string $stored ): ?string {
		try {
			return null === $stored ? null : esc_html( SealedText::open( $stored ) );
		} catch ( UnreadableText ) {
			return __( 'Encrypted; the key is missing on this site.', 'draftkeeper' );
		}
	}
}
