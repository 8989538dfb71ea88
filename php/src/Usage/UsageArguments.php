<?php

namespace Draftkeeper\Usage;

defined( 'ABSPATH' ) || exit;

/** What `OPTIONS` says about the queries of the books. `UsageQuery` does the checking, with our codes. */
final class UsageArguments {
	/** @return array<string, array<string, mixed>> what narrows the books down, for the list and the CSV. */
	public static function filters(): array {
		return self::unchecked(
			array(
				'user_id' => array(
					'description' => __( 'Only calls of these users: ids, separated by commas.', 'draftkeeper' ),
					'type'        => 'string',
					'pattern'     => '^[1-9][0-9]*(,[1-9][0-9]*)*$',
				),
				'status'  => array(
					/* translators: %s: words such as succeeded. */
					'description' => sprintf( __( 'Only calls that ended so: one or more of %s, separated by commas.', 'draftkeeper' ), implode( ', ', UsageQuery::statuses() ) ),
					'type'        => 'string',
				),
				'model'   => array(
					'description' => __( 'Only calls of this model.', 'draftkeeper' ),
					'type'        => 'string',
					'maxLength'   => 100,
				),
				'from'    => array(
					'description' => __( 'Only calls of this day of the site or later, such as 2026-02-28.', 'draftkeeper' ),
					'type'        => 'string',
					'pattern'     => '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
				),
				'to'      => array(
					'description' => __( 'Only calls of this day of the site or earlier.', 'draftkeeper' ),
					'type'        => 'string',
					'pattern'     => '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
				),
			)
		);
	}

	/** @return array<string, array<string, mixed>> */
	public static function list(): array {
		return self::filters() + self::unchecked(
			array(
				'cursor'   => array(
					'description' => __( 'The next_cursor of the page before, under the same filters and the same order. Calls that came in meanwhile do not shift the pages.', 'draftkeeper' ),
					'type'        => 'string',
				),
				'per_page' => array(
					/* translators: %d: a number of calls. */
					'description' => sprintf( __( 'Calls per page; %d where it is not given.', 'draftkeeper' ), UsageQuery::DEFAULT_PER_PAGE ),
					'type'        => 'integer',
					'minimum'     => 1,
					'maximum'     => UsageQuery::MAX_PER_PAGE,
				),
				'orderby'  => array(
					/* translators: %s: a number of calls. */
					'description' => sprintf( __( 'What the calls are sorted by. Anything but their time is for filters that leave %s calls or fewer.', 'draftkeeper' ), number_format_i18n( UsageListStore::MAX_SORTED ) ),
					'type'        => 'string',
					'enum'        => UsageQuery::ORDERINGS,
				),
				'order'    => array(
					'description' => __( 'Whether the least or the most comes first; the most where it is not given.', 'draftkeeper' ),
					'type'        => 'string',
					'enum'        => array( 'asc', 'desc' ),
				),
			)
		);
	}

	/**
	 * @param array<string, array<string, mixed>> $arguments
	 * @return array<string, array<string, mixed>> which WordPress neither coerces nor checks.
	 */
	private static function unchecked( array $arguments ): array {
		return array_map( static fn( array $argument ) => $argument + array( 'sanitize_callback' => null ), $arguments );
	}
}
