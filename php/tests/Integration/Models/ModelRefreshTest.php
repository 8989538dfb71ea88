<?php

namespace Draftkeeper\Tests\Integration\Models;

use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Models\ModelRefresh;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\JobsTestCase;

final class ModelRefreshTest extends JobsTestCase {
	private int $time = 1_772_357_400;

	public function test_the_gateway_is_asked_once_an_hour(): void {
		$this->answer( 'gpt' );
		$this->run_refresh();
		self::assertSame( array( 'GET /v1/models' ), $this->gateway->calls() );
		self::assertSame( array( array( 'id' => 'gpt', 'default' => true ) ), $this->known() );

		$this->time += 3599;
		$this->run_refresh();
		self::assertCount( 1, $this->gateway->requests );

		$this->time += 1;
		$this->answer( 'claude' );
		$this->run_refresh();
		self::assertSame( 'claude', $this->known()[0]['id'] );
	}

	public function test_what_is_no_list_of_models_changes_nothing(): void {
		$this->answer( 'gpt' );
		$this->run_refresh();
		foreach ( array( array( 200, '<html>' ), array( 200, array( 'object' => 'list' ) ), array( 404, '' ), array( 503, array( 'code' => 'overloaded' ) ) ) as list( $status, $body ) ) {
			$this->time += 3600;
			$this->gateway->answer_next( $status, $body );
			$this->run_refresh();
			self::assertSame( 'gpt', $this->known()[0]['id'] );
		}
		self::assertCount( 5, $this->gateway->requests );
	}

	public function test_a_site_that_is_not_connected_asks_nobody(): void {
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET' );
		$this->run_refresh();
		self::assertSame( array(), $this->gateway->requests );
	}

	private function run_refresh(): void {
		$connection = new Connection();
		$now        = fn() => $this->time;
		$client     = new GatewayClient( $connection, new TokenSigner( $connection ), new GatewayHealth( $now ) );
		( new ModelRefresh( new ModelCatalogue( $connection ), $client, $connection, $now ) )->run();
	}

	/** @return list<array{id: string, default: bool}> */
	private function known(): array {
		return ( new ModelCatalogue( new Connection() ) )->choices();
	}

	private function answer( string $id ): void {
		$price = array(
			'default'                          => true,
			'input_micros_per_million_tokens'  => 1,
			'output_micros_per_million_tokens' => null,
		);
		$model = array(
			'id'          => $id,
			'object'      => 'model',
			'created'     => 1,
			'owned_by'    => 'local',
			'draftkeeper' => $price,
		);
		$this->gateway->answer_next(
			200,
			array(
				'object' => 'list',
				'data'   => array( $model ),
			)
		);
	}
}
