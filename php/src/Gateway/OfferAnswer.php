<?php

namespace Draftkeeper\Gateway;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ErrorCode;

defined( 'ABSPATH' ) || exit;

/** What the gateway's answer to an offer means for the job, by the contract's table. */
final class OfferAnswer {
	/** @param 'running'|'wait'|'failed' $then */
	private function __construct(
		public readonly string $then,
		public readonly ?string $wait_reason,
		/** Why the gateway will never take the job. */
		public readonly ?ErrorCode $failure,
	) {}

	public static function of( GatewayReply $reply ): self {
		$code = $reply->code();
		foreach ( Contract::table( 'offer_answers' ) as $row ) {
			$fits_status = null === $row['status'] || $row['status'] === $reply->status;
			$fits_code   = match ( $row['code'] ) {
				null => true,
				'' => null === $code,
				'*' => null !== $code,
				default => $code?->value === $row['code'],
			};
			if ( $fits_status && $fits_code ) {
				$failure = 'failed' === $row['then'] ? ( $code ?? ErrorCode::GatewayRejected ) : null;
				return new self( $row['then'], $row['wait_reason'], $failure );
			}
		}
		throw new \LogicException( "The contract's table of answers has a gap at {$reply->status}." );
	}
}
