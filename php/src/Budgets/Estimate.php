<?php

namespace Draftkeeper\Budgets;

use stdClass;

defined( 'ABSPATH' ) || exit;

/** What a job may use at most, as far as WordPress can tell before it runs. */
final class Estimate {
	/** Tokenizers make a token of about four bytes of English and of about three of most other scripts. */
	private const BYTES_PER_TOKEN = 3;

	public function __construct( private readonly CostRateStore $rates ) {}

	/** @param stdClass $request what goes on the job's row: `messages` and complete `options`. */
	public function of( stdClass $request, ?string $model ): Amount {
		$bytes  = array_sum( array_map( static fn( stdClass $message ) => strlen( $message->content ), $request->messages ) );
		$tokens = (int) ceil( $bytes / self::BYTES_PER_TOKEN ) + $request->options->max_output_tokens;
		return new Amount( 1, $tokens, (int) ceil( $tokens * $this->rates->micros_per_token( $model ) ) );
	}
}
