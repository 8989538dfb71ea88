<?php

namespace Draftkeeper\Models;

use Draftkeeper\Settings\Connection;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** The models that this site may use and what they cost, as its gateway has said last. Of another gateway or site nothing is known. */
final class ModelCatalogue {
	private const OPTION = 'draftkeeper_models';

	private const REFRESH_SECONDS = 3600;

	/** After an answer that was none. */
	private const RETRY_SECONDS = 300;

	private const TOKENS_OF_A_PRICE = 1_000_000;

	public function __construct( private readonly Connection $connection ) {}

	/** @return list<array{id: string, default: bool}> in the gateway's order; empty until it has told. */
	public function choices(): array {
		return array_map(
			static fn( array $model ) => array(
				'id'      => $model['id'],
				'default' => $model['default'],
			),
			$this->stored()['models']
		);
	}

	/** Millionths of a dollar for so many tokens of a model, null being the site's default; null where the price is not known. */
	public function micros( ?string $id, int $tokens_in, int $tokens_out ): ?float {
		foreach ( $this->stored()['models'] as $model ) {
			if ( null === $id ? $model['default'] : $id === $model['id'] ) {
				return isset( $model['in'], $model['out'] )
					? ( $tokens_in * $model['in'] + $tokens_out * $model['out'] ) / self::TOKENS_OF_A_PRICE
					: null;
			}
		}
		return null;
	}

	/** At most once an hour, and at once when the site has another gateway or another name there. */
	public function is_due( int $now ): bool {
		$next = $this->stored()['next_at'];
		// A clock that was set back must not keep the list for ever.
		return $next <= $now || $next > $now + self::REFRESH_SECONDS;
	}

	/** @param stdClass|null $list the contract's `model_list`; null where none came, and what was known stays. */
	public function keep( ?stdClass $list, int $now ): void {
		$models = null === $list ? $this->stored()['models'] : array_map(
			static fn( stdClass $model ) => array(
				'id'      => $model->id,
				'default' => $model->draftkeeper->default,
				'in'      => $model->draftkeeper->input_micros_per_million_tokens,
				'out'     => $model->draftkeeper->output_micros_per_million_tokens,
			),
			$list->data
		);
		update_option(
			self::OPTION,
			array(
				'source'  => $this->source(),
				'next_at' => $now + ( null === $list ? self::RETRY_SECONDS : self::REFRESH_SECONDS ),
				'models'  => $models,
			),
			true
		);
	}

	/** @return array{next_at: int, models: list<array{id: string, default: bool, in: ?int, out: ?int}>} */
	private function stored(): array {
		/** @var array{source: string, next_at: int, models: list<array{id: string, default: bool, in: ?int, out: ?int}>}|false $stored only keep() writes it */
		$stored = get_option( self::OPTION );
		if ( ! is_array( $stored ) || $stored['source'] !== $this->source() ) {
			return array(
				'next_at' => 0,
				'models'  => array(),
			);
		}
		return $stored;
	}

	private function source(): string {
		return "{$this->connection->gateway_url()} {$this->connection->site_id()}";
	}
}
