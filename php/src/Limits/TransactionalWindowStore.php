<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** Counts tries in the database, where a try can be a part of the transaction that stores what was tried for. */
interface TransactionalWindowStore extends WindowStore {
	/** Counts one try inside the open transaction; false when there is no room, or when that takes more than one statement. */
	public function count( string $name, int $limit, int $seconds, int $now ): bool;
}
