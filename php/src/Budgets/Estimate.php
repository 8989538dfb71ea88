<?php

namespace Draftkeeper\Budgets;

use Draftkeeper\Models\ModelCatalogue;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** What a job may use at most, as far as WordPress can tell before it runs. */
final class Estimate {
	/** Tokenizers make a token of about four bytes of English and of about three of most other scripts. */
	private const BYTES_PER_TOKEN = 3;

	public function __construct( private readonly ModelCatalogue $models, private readonly CostRateStore $rates ) {}

	/** @param stdClass $request what goes on the job's row: `messages` and complete `options`. */
	public function of( stdClass $request, ?string $model ): Amount {
		$bytes      = array_sum( array_map( static fn( stdClass $message ) => strlen( $message->content ), $request->messages ) );
		$tokens_in  = (int) ceil( $bytes / self::BYTES_PER_TOKEN );
		$tokens_out = $request->options->max_output_tokens;
		// Where the gateway has not told its prices, what tokens have cost of late.
		$micros = $this->models->micros( $model, $tokens_in, $tokens_out ) ?? ( $tokens_in + $tokens_out ) * $this->rates->micros_per_token( $model );
		return new Amount( 1, $tokens_in + $tokens_out, (int) ceil( $micros ) );
	}
}
