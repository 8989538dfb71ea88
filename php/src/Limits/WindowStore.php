<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/** Counts tries where this site keeps its transients. Every method is atomic between all processes of the site. */
interface WindowStore {
	/** Counts one try if there is room for it. */
	public function take( string $name, int $limit, int $seconds, int $now ): Taken;

	/** Uncounts a try of which nothing came. */
	public function give_back( string $name, int $seconds, int $now ): void;

	/** The window as it stands; counts nothing. */
	public function read( string $name, int $seconds, int $now ): Window;
}
