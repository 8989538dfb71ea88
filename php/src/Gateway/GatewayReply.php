<?php

namespace Draftkeeper\Gateway;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorCode;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** What came back from the gateway's address, whoever answered there. Status 0 is no answer. */
final class GatewayReply {
	private const MAX_DEPTH = 32;

	private ?stdClass $json;

	public function __construct( public readonly int $status, string $body ) {
		$value      = json_decode( $body, false, self::MAX_DEPTH );
		$this->json = $value instanceof stdClass ? $value : null;
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
