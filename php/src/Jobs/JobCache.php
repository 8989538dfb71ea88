<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/**
 * What a poll that brings nothing new must know of a job, in a persistent object cache; without one, nothing is kept.
 *
 * Whoever changes a row says so before the write and after its commit. That leaves a mark which an entry cannot be added over, so that a
 * reader who has read the row before the change cannot put it back afterwards. Entries live a minute whatever happens.
 */
final class JobCache {
	private const GROUP = 'draftkeeper_jobs';

	private const KEPT_SECONDS = 60;

	/** Longer than a reader takes from its query to its entry. */
	private const MARK_SECONDS = 10;
	private const MARK         = 'changed';

	/** Under this key lies a word that every entry repeats; another word ends all entries at once. */
	private const ALL = 'all';

	/** @return Job|null without texts; null when the database must be asked. */
	public static function find( string $uuid ): ?Job {
		if ( ! wp_using_ext_object_cache() ) {
			return null;
		}
		$found = wp_cache_get_multiple( array( self::ALL, $uuid ), self::GROUP );
		// Some drop-ins leave out what they have not.
		$entry = $found[ $uuid ] ?? null;
		return is_array( $entry ) && ( $found[ self::ALL ] ?? null ) === $entry[0] ? Job::from_row( $entry[1] ) : null;
	}

	/** The word under which an entry may be added; to be asked for before the row is read. */
	public static function word(): ?string {
		if ( ! wp_using_ext_object_cache() ) {
			return null;
		}
		wp_cache_add( self::ALL, wp_generate_uuid4(), self::GROUP );
		$word = wp_cache_get( self::ALL, self::GROUP );
		return is_string( $word ) ? $word : null;
	}

	/** @param array<string, ?string> $row as it was read after the word; without texts. */
	public static function add( string $word, array $row ): void {
		wp_cache_add( (string) $row['uuid'], array( $word, $row ), self::GROUP, self::KEPT_SECONDS ); // phpcs:ignore WordPressVIPMinimum.Performance.LowExpiryCacheTime -- it is polled every second.
	}

	/** @param list<Job> $jobs whose rows change. */
	public static function changed( array $jobs ): void {
		if ( array() !== $jobs && wp_using_ext_object_cache() ) {
			wp_cache_set_multiple( array_fill_keys( array_map( static fn( Job $job ) => $job->uuid, $jobs ), self::MARK ), self::GROUP, self::MARK_SECONDS );
		}
	}

	/** For changes of many rows. */
	public static function all_changed(): void {
		if ( wp_using_ext_object_cache() ) {
			wp_cache_set( self::ALL, wp_generate_uuid4(), self::GROUP );
		}
	}
}
