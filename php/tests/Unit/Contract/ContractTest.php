<?php

namespace Draftkeeper\Tests\Unit\Contract;

use Draftkeeper\Contract\Contract;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class ContractTest extends TestCase {
	private const EXAMPLES = __DIR__ . '/../../../../contract/examples';

	#[DataProvider( 'examples' )]
	public function test_the_examples_mean_the_same_as_in_typescript( string $schema, mixed $value, bool $is_valid ): void {
		$violations = Contract::check( $schema, $value );
		self::assertSame( $is_valid, array() === $violations, (string) json_encode( $violations ) );
	}

	/** @return iterable<string, array{string, mixed, bool}> */
	public static function examples(): iterable {
		foreach ( glob( self::EXAMPLES . '/*.json' ) ?: array() as $file ) {
			$examples = json_decode( (string) file_get_contents( $file ), false, 64, JSON_THROW_ON_ERROR );
			if ( ! isset( $examples->valid ) ) {
				continue;
			}
			$schema = basename( $file, '.json' );
			foreach ( array( 'valid' => true, 'invalid' => false ) as $kind => $is_valid ) {
				foreach ( $examples->$kind as $example ) {
					yield "$schema: $kind: {$example->name}" => array( $schema, $example->value, $is_valid );
				}
			}
		}
	}

	public function test_every_schema_has_examples(): void {
		foreach ( array_keys( Contract::table( 'schemas' ) ) as $schema ) {
			self::assertFileExists( self::EXAMPLES . "/$schema.json" );
		}
	}

	public function test_a_program_in_php_signs_its_requests_as_the_vectors_do(): void {
		$vectors = json_decode( (string) file_get_contents( self::EXAMPLES . '/request-signatures.json' ) )->requests;
		self::assertGreaterThan( 20, count( $vectors ) );
		foreach ( $vectors as $vector ) {
			$lines = array( 'v1', $vector->method, $vector->target, $vector->site_id, $vector->request_id, $vector->timestamp, hash( 'sha256', $vector->body ) );
			$right = array_map(
				static function ( string $secret ) use ( $lines ): string {
					$key = (string) base64_decode( substr( $secret, strlen( 'dksec_' ) ), true );
					return 'v1,' . base64_encode( hash_hmac( 'sha256', implode( "\n", $lines ), $key, true ) );
				},
				$vector->secrets
			);
			$is_signed = array() !== array_intersect( $right, explode( ' ', $vector->signature ) );
			self::assertSame( 'bad_signature' !== $vector->expected, $is_signed, $vector->name );
		}
	}

	public function test_nothing_is_coerced(): void {
		$body = json_decode( '{"decision":"accepted","version":"3"}' );
		self::assertSame( array( array( 'path' => 'version', 'message' => 'must be of type integer' ) ), Contract::check( 'create_review', $body ) );
		$body->version = 3.0;
		self::assertNotSame( array(), Contract::check( 'create_review', $body ) );
		$body->version = true;
		self::assertNotSame( array(), Contract::check( 'create_review', $body ) );
	}

	public function test_a_list_is_no_object_and_an_empty_map_is_no_list(): void {
		self::assertNotSame( array(), Contract::check( 'create_review', array() ) );
		$body = json_decode( '{"task":"product_description","input":{"facts":{}},"options":[]}' );
		self::assertContains( array( 'path' => 'options', 'message' => 'must be of type object' ), Contract::check( 'create_job', $body ) );
		$body->options = json_decode( '{"keywords":{}}' );
		self::assertContains( array( 'path' => 'options.keywords', 'message' => 'must be of type array' ), Contract::check( 'create_job', $body ) );
	}

	public function test_a_final_newline_does_not_slip_through_a_pattern(): void {
		$receipt = json_decode( (string) file_get_contents( self::EXAMPLES . '/gateway_job.json' ) )->valid[0]->value;
		self::assertSame( array(), Contract::check( 'gateway_job', $receipt ) );
		$receipt->uuid .= "\n";
		self::assertSame( 'uuid', Contract::check( 'gateway_job', $receipt )[0]['path'] );
	}

	public function test_a_union_names_what_is_wrong_with_the_shape_that_was_meant(): void {
		$webhook = json_decode( (string) file_get_contents( self::EXAMPLES . '/webhook.json' ) )->valid[0]->value;
		$webhook->data->outcome->sample = 'no';
		self::assertSame( array( array( 'path' => 'data.outcome.sample', 'message' => 'must be of type boolean' ) ), Contract::check( 'webhook', $webhook ) );
	}

	public function test_the_list_of_violations_is_bounded(): void {
		$body = (object) array_fill_keys( array_map( static fn( int $number ) => "key_$number", range( 1, 500 ) ), 1 );
		self::assertCount( 20, Contract::check( 'create_review', $body ) );
	}

	public function test_an_unknown_schema_or_table_is_a_mistake_of_ours(): void {
		$this->expectException( \LogicException::class );
		Contract::check( 'no_such_schema', null );
	}
}
