<?php

namespace Draftkeeper\Tests\Integration\Models;

use Draftkeeper\Models\ModelCatalogue;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\JobsTestCase;
use stdClass;

final class ModelCatalogueTest extends JobsTestCase {
	private ModelCatalogue $models;

	protected function setUp(): void {
		parent::setUp();
		$this->models = new ModelCatalogue( new Connection() );
	}

	public function test_it_is_empty_until_the_gateway_has_told(): void {
		self::assertSame( array(), $this->models->choices() );
		self::assertNull( $this->models->micros( null, 1000, 1000 ) );
		self::assertTrue( $this->models->is_due( 1000 ) );
	}

	public function test_it_knows_what_tokens_of_a_model_cost_and_which_one_is_the_default(): void {
		$this->models->keep( self::told( array( 'gpt', true, 250_000, 2_000_000 ), array( 'claude', false, 3_000_000, 15_000_000 ) ), 1000 );
		self::assertSame( array( array( 'id' => 'gpt', 'default' => true ), array( 'id' => 'claude', 'default' => false ) ), $this->models->choices() );
		self::assertSame( 250.0 + 1000.0, $this->models->micros( null, 1000, 500 ) );
		self::assertSame( 3000.0 + 7500.0, $this->models->micros( 'claude', 1000, 500 ) );
		self::assertNull( $this->models->micros( 'gone', 1000, 500 ) );
	}

	public function test_a_price_that_nobody_has_told_is_unknown_and_not_nothing(): void {
		$this->models->keep( self::told( array( 'local', true, null, null ), array( 'free', false, 0, 0 ) ), 1000 );
		self::assertNull( $this->models->micros( 'local', 1000, 500 ) );
		self::assertSame( 0.0, (float) $this->models->micros( 'free', 1000, 500 ) );
	}

	public function test_it_is_asked_for_once_an_hour_and_sooner_after_a_failure_which_forgets_nothing(): void {
		$this->models->keep( self::told( array( 'gpt', true, 1, 1 ) ), 1000 );
		self::assertFalse( $this->models->is_due( 4599 ) );
		self::assertTrue( $this->models->is_due( 4600 ) );
		$this->models->keep( null, 4600 );
		self::assertSame( 'gpt', $this->models->choices()[0]['id'] );
		self::assertFalse( $this->models->is_due( 4899 ) );
		self::assertTrue( $this->models->is_due( 4900 ) );
		self::assertTrue( $this->models->is_due( 0 ), 'The clock was set back.' );
	}

	public function test_another_gateway_has_other_models(): void {
		$this->models->keep( self::told( array( 'gpt', true, 1, 1 ) ), 1000 );
		putenv( 'DRAFTKEEPER_GATEWAY_URL=https://other.example' );
		self::assertSame( array(), $this->models->choices() );
		self::assertTrue( $this->models->is_due( 1001 ) );
	}

	public function test_a_job_reserves_what_its_model_costs_rather_than_what_others_have_cost(): void {
		$this->act_as( 'author' );
		$this->models->keep( self::told( array( 'gpt', true, 1_000_000, 2_000_000 ) ), time() );
		$row = $this->row( $this->created( array( 'options' => array( 'max_output_tokens' => 500 ) ) ) );
		$in  = (int) $row['reserved_tokens'] - 500;
		self::assertGreaterThan( 0, $in );
		self::assertSame( $in + 1000, (int) $row['reserved_micros'] );
	}

	/** @param array{string, bool, ?int, ?int} ...$models */
	private static function told( array ...$models ): stdClass {
		return (object) array(
			'object' => 'list',
			'data'   => array_map(
				static fn( array $model ) => (object) array(
					'id'          => $model[0],
					'object'      => 'model',
					'created'     => 1,
					'owned_by'    => 'local',
					'draftkeeper' => (object) array(
						'default'                         => $model[1],
						'input_micros_per_million_tokens' => $model[2],
						'output_micros_per_million_tokens' => $model[3],
					),
				),
				array_values( $models )
			),
		);
	}
}
