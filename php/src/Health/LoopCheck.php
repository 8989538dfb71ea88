<?php

namespace Draftkeeper\Health;

use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Settings\Connection;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** Requests of this site to itself: they show what a firewall, a proxy or the web server takes away on the way in. */
final class LoopCheck {
	private const TIMEOUT_SECONDS = 5;

	/** Not one that anybody would choose, and refused even so. */
	private const NOBODY  = 'draftkeeper test of the authorization header';
	private const ARRIVED = 'draftkeeper_header_arrived';

	public function __construct( private readonly Connection $connection, private readonly GatewayHealth $health, private readonly JobHealthStore $jobs ) {}

	public static function register(): void {
		add_filter( 'rest_authentication_errors', self::acknowledge( ... ), 1 );
	}

	/** Sends a signed webhook about a job that does not exist: exactly that must be the answer. */
	public function webhook(): ?Finding {
		$secret = $this->connection->webhook_secrets()[0] ?? null;
		if ( null === $secret ) {
			return null;
		}
		$id    = 'msg_' . wp_generate_uuid4();
		$time  = (string) $this->health->gateway_time();
		$body  = (string) wp_json_encode(
			array(
				'type'             => 'job.finished',
				'timestamp'        => gmdate( 'Y-m-d\TH:i:s\Z' ),
				'contract_version' => 1,
				'data'             => array(
					'uuid'               => wp_generate_uuid4(),
					'request_id'         => wp_generate_uuid4(),
					'outcome'            => array( 'status' => 'canceled' ),
					'attempts'           => array(),
					'maybe_billed_twice' => false,
					'finished_at'        => gmdate( 'Y-m-d\TH:i:s\Z' ),
				),
			)
		);
		$key   = (string) base64_decode( str_replace( 'whsec_', '', $secret ), true );
		$reply = wp_remote_post(
			rest_url( 'draftkeeper/v1/webhooks/gateway' ),
			array(
				'timeout'     => self::TIMEOUT_SECONDS,
				'redirection' => 0,
				'sslverify'   => $this->verifies_tls(),
				'body'        => $body,
				'headers'     => array(
					'Content-Type'      => 'application/json',
					'webhook-id'        => $id,
					'webhook-timestamp' => $time,
					'webhook-signature' => 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", $key, true ) ),
				),
			)
		);
		$code  = self::code( $reply );
		if ( ErrorCode::UnknownJob->value === $code ) {
			return $this->from_the_gateway();
		}
		$fallback = __( 'Drafts still arrive, because this site also asks for them, but later.', 'draftkeeper' );
		return match ( $code ) {
			ErrorCode::BadSignature->value, ErrorCode::StaleSignature->value => Finding::critical(
				__( 'Results come in to Draftkeeper changed', 'draftkeeper' ),
				__( 'A signed test message lost headers or changed its body on the way to this site.', 'draftkeeper' ) . ' ' . $fallback,
				__( 'Let the headers webhook-id, webhook-timestamp and webhook-signature pass your proxy or firewall, and leave the body as it is.', 'draftkeeper' )
			),
			ErrorCode::Forbidden->value => Finding::recommended(
				__( 'Draftkeeper takes results from listed addresses only', 'draftkeeper' ),
				__( 'This server’s own address is not in DRAFTKEEPER_WEBHOOK_ALLOW, so the way in could not be tried.', 'draftkeeper' ),
				__( 'Nothing has to be done if jobs end within seconds; else compare the list with the gateway’s address, and DRAFTKEEPER_TRUSTED_PROXIES with your proxy’s.', 'draftkeeper' )
			),
			default => Finding::recommended(
				__( 'Results may not reach Draftkeeper', 'draftkeeper' ),
				/* translators: %s: what came instead of an answer. */
				sprintf( __( 'This site could not send a test message to its own REST API: %s.', 'draftkeeper' ), self::describe( $reply ) ) . ' ' . $fallback,
				__( 'Let POST requests to /wp-json/draftkeeper/v1/webhooks/gateway pass password protection, firewall and security plugins.', 'draftkeeper' )
			),
		};
	}

	/** What this site can send to itself, the gateway's network may still be kept from. */
	private function from_the_gateway(): Finding {
		$label = __( 'Results can come in to Draftkeeper', 'draftkeeper' );
		return match ( $this->jobs->has_deliveries() ) {
			true => Finding::good( $label, __( 'A signed test message reached this site whole, and so do the gateway’s results.', 'draftkeeper' ) ),
			null => Finding::good( $label, __( 'A signed test message reached this site whole. Whether the gateway’s network reaches it is seen with the first jobs.', 'draftkeeper' ) ),
			false => Finding::recommended(
				__( 'The gateway cannot bring results to Draftkeeper', 'draftkeeper' ),
				__( 'The last drafts came only because this site asked for them, and later than they could. A signed test message of this site to itself arrives, so the way from the gateway’s network is barred.', 'draftkeeper' ),
				__( 'See that "rest_url" of this site in the gateway’s file is an address that the gateway reaches, that its network may call there, and that a private address is listed in "private_networks". The gateway’s log says what it was answered.', 'draftkeeper' )
			),
		};
	}

	/** Where the header of the made-up user arrives, this site says so itself: WordPress answers a wrong application password as it answers nobody. */
	public function authorization(): ?Finding {
		if ( ! wp_is_application_passwords_available() ) {
			return null;
		}
		$reply = wp_remote_get(
			rest_url( 'draftkeeper/v1' ),
			array(
				'timeout'     => self::TIMEOUT_SECONDS,
				'redirection' => 0,
				'sslverify'   => $this->verifies_tls(),
				'headers'     => array( 'Authorization' => 'Basic ' . base64_encode( self::NOBODY . ':not a password' ) ),
			)
		);
		if ( ! is_wp_error( $reply ) && 200 === wp_remote_retrieve_response_code( $reply ) ) {
			return Finding::recommended(
				__( 'The Authorization header is lost on the way to WordPress', 'draftkeeper' ),
				__( 'Programs cannot log in to Draftkeeper’s REST API with an application password. The editor is not affected.', 'draftkeeper' ),
				__( 'Save the permalinks once; on Apache with CGI add "CGIPassAuth On", on nginx pass HTTP_AUTHORIZATION to PHP.', 'draftkeeper' )
			);
		}
		return self::ARRIVED === self::code( $reply )
			? Finding::good( __( 'The Authorization header reaches WordPress', 'draftkeeper' ), __( 'Programs can use Draftkeeper’s REST API with an application password.', 'draftkeeper' ) )
			: null;
	}

	/** Answers the request of `authorization()`, before anything else looks at it. */
	private static function acknowledge( mixed $error ): mixed {
		return self::NOBODY === ( $_SERVER['PHP_AUTH_USER'] ?? null ) ? new WP_Error( self::ARRIVED, 'The header is here.', array( 'status' => 401 ) ) : $error;
	}

	/** @param array<string, mixed>|WP_Error $reply */
	private static function code( array|WP_Error $reply ): string {
		$body = is_wp_error( $reply ) ? null : json_decode( wp_remote_retrieve_body( $reply ) );
		return is_string( $body->code ?? null ) ? $body->code : '';
	}

	/** @param array<string, mixed>|WP_Error $reply */
	private static function describe( array|WP_Error $reply ): string {
		return is_wp_error( $reply ) ? $reply->get_error_message() : 'HTTP ' . wp_remote_retrieve_response_code( $reply );
	}

	/** As WordPress's own loopback requests. */
	private function verifies_tls(): bool {
		return (bool) apply_filters( 'https_local_ssl_verify', false );
	}
}
