<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** What becomes of a job after each answer in the contract's table, from the offer to the row and on. */
final class JobOffersTest extends JobsTestCase {
	/** @param array<string, mixed> $example */
	#[DataProvider( 'examples' )]
	public function test_each_answer_leads_the_job_where_the_table_says_and_what_waits_goes_on( array $example ): void {
		$this->act_as( 'author' );
		0 === $example['status'] ? $this->gateway->go_down() : $this->gateway->answer_next( $example['status'], $example['body'] );
		$uuid = $this->created();
		$row  = $this->row( $uuid );
		$code = json_decode( $example['body'] )->code ?? 'gateway_rejected';
		self::assertSame(
			match ( $example['then'] ) {
				'running' => array( 'running', null, null ),
				'wait' => array( 'pending', $example['wait_reason'], null ),
				default => array( 'failed', null, $code ),
			},
			array( $row['status'], $row['wait_reason'], $row['error_code'] )
		);
		self::assertSame( 0, $this->count_rows( 'usage_log' ), 'no attempt is used up' );
		self::assertSame( 'failed' === $example['then'] ? 0 : 1, $this->reserved() );

		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->sweep();
		self::assertSame( 'failed' === $example['then'] ? 'failed' : 'running', $this->row( $uuid )['status'] );
	}

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function examples(): iterable {
		$file = dirname( __DIR__, 4 ) . '/contract/examples/offer-answers.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR ) as $example ) {
			yield $example['name'] => array( $example );
		}
	}

	/** How many jobs the site's counter of the day holds. */
	private function reserved(): int {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT reserved_requests FROM {$wpdb->prefix}draftkeeper_budget WHERE scope = 'site' AND period = %s", wp_date( 'Y-m-d' ) ) );
	}
}
