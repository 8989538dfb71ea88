<?php

namespace Draftkeeper\Gateway;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorCode;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** What came back from the gateway's address, whoever answered there. Status 0 is no answer. */
final class GatewayReply {
	private const MAX_DEPTH = 32;

	/** Why a job may wait that others need not wait for: what was sent breaks the gateway, or it is too old to know the address. */
	private const ABOUT_THIS_REQUEST = array( 'gateway_error', 'gateway_not_found' );

	private ?stdClass $json;

	/** @param string|stdClass|null $body as it came, or decoded. */
	public function __construct( public readonly int $status, string|stdClass|null $body ) {
		$value      = is_string( $body ) ? json_decode( $body, false, self::MAX_DEPTH ) : $body;
		$this->json = $value instanceof stdClass ? $value : null;
	}

	/**
	 * The reply to each of several jobs that were offered together, as if it had been offered alone.
	 *
	 * @param list<string> $uuids
	 * @return list<self>|null in the same order; null when this tells nothing about each of them.
	 */
	public function to_offers( array $uuids ): ?array {
		$answer = 200 === $this->status ? $this->fitting( 'offer_batch_answer' ) : null;
		if ( null !== $answer ) {
			$answers = array_column( $answer->answers, null, 'uuid' );
			return array_map( static fn( string $uuid ) => isset( $answers[ $uuid ] ) ? new self( $answers[ $uuid ]->status, $answers[ $uuid ]->job ?? $answers[ $uuid ]->problem ) : new self( 500, null ), $uuids );
		}
		$meaning = OfferAnswer::of( $this );
		return 'wait' === $meaning->then && ! in_array( $meaning->wait_reason, self::ABOUT_THIS_REQUEST, true ) ? array_fill( 0, count( $uuids ), $this ) : null;
	}

	/** The body, if it fits this schema of the contract. */
	public function fitting( string $schema ): ?stdClass {
		return null !== $this->json && array() === Contract::check( $schema, $this->json ) ? $this->json : null;
	}

	/** One of the contract's codes: only our own gateway sends one. */
	public function code(): ?ErrorCode {
		$code = $this->json->code ?? null;
		return is_string( $code ) ? ErrorCode::tryFrom( $code ) : null;
	}

	/** What the gateway says about its error, for people. */
	public function detail(): string {
		$detail = $this->json->detail ?? '';
		return is_string( $detail ) ? $detail : '';
	}

	/** The gateway's clock in Unix seconds, where it complains about ours. */
	public function server_time(): ?int {
		$time = $this->json->server_time ?? null;
		return ErrorCode::ClockSkew === $this->code() && is_int( $time ) ? $time : null;
	}

	/** Whether somebody fit to be the gateway answered: what counts against the pause of inline offers. */
	public function is_alive(): bool {
		return $this->status > 0 && $this->status < 500;
	}
}
