<?php

namespace Draftkeeper\Budgets;

defined( 'ABSPATH' ) || exit;

/** So many requests, tokens and millionths of a US dollar. */
final class Amount {
	public const UNITS = array( 'requests', 'tokens', 'micros' );

	public function __construct( public readonly int $requests = 0, public readonly int $tokens = 0, public readonly int $micros = 0 ) {}

	/** @param list<array<string, mixed>> $attempts in the contract's shape; a job is one request, which its first attempt stands for. */
	public static function of_attempts( array $attempts ): self {
		return new self(
			count( array_filter( $attempts, static fn( array $attempt ) => 1 === $attempt['attempt'] ) ),
			(int) array_sum( array_column( $attempts, 'tokens_in' ) ) + (int) array_sum( array_column( $attempts, 'tokens_out' ) ),
			(int) array_sum( array_column( $attempts, 'cost_micros' ) )
		);
	}

	public function negated(): self {
		return new self( -$this->requests, -$this->tokens, -$this->micros );
	}

	public function is_nothing(): bool {
		return 0 === $this->requests && 0 === $this->tokens && 0 === $this->micros;
	}

	public function of( string $unit ): int {
		return match ( $unit ) {
			'requests' => $this->requests,
			'tokens' => $this->tokens,
			'micros' => $this->micros,
			default => throw new \LogicException( "A budget does not count $unit." ),
		};
	}
}
