<?php

namespace Draftkeeper\Health;

use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayReply;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** Asks the gateway a signed question: address, key, site and clock are right when it answers. */
final class GatewayCheck {
	private const TIMEOUT_SECONDS = 5;

	public function __construct( private readonly Connection $connection, private readonly GatewayClient $gateway ) {}

	public function find(): ?Finding {
		if ( 'ready' !== $this->connection->state() ) {
			return null;
		}
		$reply = $this->gateway->ask( self::TIMEOUT_SECONDS );
		if ( null !== $reply->fitting( 'gateway_jobs' ) ) {
			return Finding::good( __( 'The gateway of Draftkeeper answers', 'draftkeeper' ), __( 'It knows this site and accepts its signature.', 'draftkeeper' ) );
		}
		list( $text, $next ) = self::explain( $reply );
		return Finding::critical( __( 'The gateway of Draftkeeper does not accept requests', 'draftkeeper' ), $text . ' ' . __( 'Jobs wait meanwhile; none is lost.', 'draftkeeper' ), $next );
	}

	/** @return array{string, string} what is wrong, and the next step. */
	private static function explain( GatewayReply $reply ): array {
		return match ( $reply->code() ) {
			ErrorCode::SiteMoved => array(
				__( 'The gateway has registered this site under another address: this is a copy, or the site has moved.', 'draftkeeper' ),
				__( 'On a copy, give it its own keys or none. After a move, change "home" and "rest_url" of this site in the gateway’s configuration.', 'draftkeeper' ),
			),
			ErrorCode::ContractUnsupported => array(
				__( 'The gateway and this plugin have versions that do not fit together.', 'draftkeeper' ),
				__( 'Update the older of the two; the gateway understands the version of the plugin before its own.', 'draftkeeper' ),
			),
			ErrorCode::ClockSkew => array(
				__( 'The clocks of this server and the gateway’s are more than an hour apart.', 'draftkeeper' ),
				__( 'Set the clock of the wrong one, best by NTP.', 'draftkeeper' ),
			),
			ErrorCode::SiteDisabled => array(
				__( 'The operator of the gateway has switched it off for this site.', 'draftkeeper' ),
				__( 'Ask there when it goes on; "draftkeeper-gateway sites enable" switches it on.', 'draftkeeper' ),
			),
			ErrorCode::RateLimited, ErrorCode::Overloaded => array(
				__( 'The gateway has too much to do right now, or this site has asked it for too much.', 'draftkeeper' ),
				__( 'Wait a moment and look again. If this stays, the operator of the gateway can raise the limits of this site.', 'draftkeeper' ),
			),
			ErrorCode::UnknownSite => array(
				__( 'The gateway does not know this site.', 'draftkeeper' ),
				__( 'Compare DRAFTKEEPER_SITE_ID with the "site_id" in the gateway’s configuration, and the blog id of this site.', 'draftkeeper' ),
			),
			ErrorCode::InvalidToken, ErrorCode::TokenExpired, ErrorCode::TokenReplayed, ErrorCode::BodyHashMismatch => array(
				__( 'The gateway refuses the signature of this site.', 'draftkeeper' ),
				__( 'Compare DRAFTKEEPER_KEY_ID with the "kid" there, and see that the public key registered there belongs to DRAFTKEEPER_SIGNING_KEY.', 'draftkeeper' ),
			),
			default => 0 === $reply->status ? array(
				__( 'Nobody answers at the gateway’s address.', 'draftkeeper' ),
				__( 'See that the gateway runs, that DRAFTKEEPER_GATEWAY_URL is right, and that this server may open connections to it.', 'draftkeeper' ),
			) : array(
				/* translators: %d: an HTTP status code. */
				sprintf( __( 'Something else than the gateway answers at its address, or it is in trouble (HTTP %d).', 'draftkeeper' ), $reply->status ),
				__( 'Look into the gateway’s log, and at what stands between it and this server.', 'draftkeeper' ),
			),
		};
	}
}
