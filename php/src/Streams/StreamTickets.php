<?php

namespace Draftkeeper\Streams;

use Draftkeeper\Errors\Log;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Settings\Connection;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** Lets the browser that asks watch at the gateway how a job is written: a preview, for whoever may read the job's texts. */
final class StreamTickets {
	private const OPTION = 'draftkeeper_streaming';

	private const LOOPBACK = '/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/D';

	public function __construct(
		private readonly Connection $connection,
		private readonly TokenSigner $signer,
		private readonly GatewayHealth $health,
		private readonly JobAccess $access,
		/** What `wp_get_environment_type()` says. */
		private readonly string $environment,
	) {}

	/**
	 * The contract's `stream`; null where there is nothing to watch, the user may not, or no page of this site asks.
	 *
	 * @return array{url: string, ticket: string, expires_at: string}|null
	 */
	public function issue( Job $job, WP_REST_Request $request ): ?array {
		$origin = (string) $request->get_header( 'origin' );
		if ( $job->status->is_final() || ! self::is_ours( $origin ) || ! $this->is_on() || ! $this->access->may_read_texts( $job ) ) {
			return null;
		}
		try {
			$ticket = $this->signer->ticket( $job->uuid, $origin, $this->health->gateway_time() );
		} catch ( \RuntimeException $error ) {
			// Requests to the gateway fail with the same key, and say so where people look.
			Log::line( $error->getMessage() );
			return null;
		}
		return array(
			'url'        => "{$this->connection->gateway_url()}/v1/jobs/{$job->uuid}/events",
			'ticket'     => $ticket,
			'expires_at' => gmdate( 'Y-m-d\TH:i:s\Z', time() + TokenSigner::LIFETIME_SECONDS ),
		);
	}

	/** Whether drafts are shown while they are written: wanted here, and the gateway is where browsers can go. */
	public function is_on(): bool {
		return self::is_wanted() && 'ready' === $this->connection->state() && $this->is_reachable();
	}

	/** Browsers go by https, or stay on the computer where somebody tries this out. */
	private function is_reachable(): bool {
		$parts = wp_parse_url( $this->connection->gateway_origin() );
		if ( 'https' === ( $parts['scheme'] ?? '' ) ) {
			return true;
		}
		return in_array( $this->environment, array( 'local', 'development' ), true ) && 1 === preg_match( self::LOOPBACK, $parts['host'] ?? '' );
	}

	/** `DRAFTKEEPER_STREAMING`, `on` or `off`: the constant wins over the environment, the environment over the option. */
	public static function is_wanted(): bool {
		$environment = (string) getenv( 'DRAFTKEEPER_STREAMING' );
		$option      = '' === $environment ? get_option( self::OPTION, 'on' ) : $environment;
		$value       = defined( 'DRAFTKEEPER_STREAMING' ) ? constant( 'DRAFTKEEPER_STREAMING' ) : $option;
		return ! in_array( strtolower( trim( (string) $value ) ), array( 'off', 'false', '0', '' ), true );
	}

	/** Whether wp-config.php or the environment says so, where no screen can change it. */
	public static function is_locked(): bool {
		return defined( 'DRAFTKEEPER_STREAMING' ) || '' !== (string) getenv( 'DRAFTKEEPER_STREAMING' );
	}

	/** Browsers name the page's origin with every POST; whoever names none is none. */
	private static function is_ours( string $origin ): bool {
		$own = array( Connection::origin( home_url() ), Connection::origin( site_url() ) );
		return '' !== $origin && ( in_array( $origin, $own, true ) || in_array( $origin, get_allowed_http_origins(), true ) );
	}
}
