<?php

namespace Draftkeeper\Tests\Support;

/** For test cases whose jobs wait for a sweep. */
trait WaitingJobs {
	/**
	 * Jobs that were made while the gateway was down, whose time has come now that it is up.
	 *
	 * @return list<string>
	 */
	private function waiting( int $count ): array {
		$this->gateway->go_down();
		$uuids = array_map( fn() => $this->created(), range( 1, $count ) );
		$this->gateway->go_down( false );
		$this->gateway->requests = array();
		$due = gmdate( 'Y-m-d H:i:s', $this->clock + 600 );
		foreach ( $uuids as $uuid ) {
			$this->set_row( $uuid, array( 'lease_until' => $due, 'offers' => 1 ) );
		}
		$this->clock += 600;
		return $uuids;
	}

	/** Makes what a job asks for almost 100 kB. */
	private function make_long( string $uuid ): void {
		$request           = $this->job( $uuid )->request();
		$request->messages = array_fill( 0, 2, array( 'role' => 'user', 'content' => str_repeat( 'é', 8000 ) ) );
		$this->set_row( $uuid, array( 'request_json' => wp_json_encode( $request ) ) );
	}
}
