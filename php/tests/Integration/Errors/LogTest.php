<?php

namespace Draftkeeper\Tests\Integration\Errors;

use Draftkeeper\Errors\Log;
use Draftkeeper\Tests\Support\JobsTestCase;

final class LogTest extends JobsTestCase {
	public function test_what_the_contract_calls_a_secret_is_not_shown_by_name_or_by_its_looks(): void {
		$canaries = json_decode( (string) file_get_contents( dirname( __DIR__, 4 ) . '/contract/examples/log-secrets.json' ), true, 16, JSON_THROW_ON_ERROR );
		foreach ( $canaries['fields'] as $fields ) {
			$log = $this->log_of( static fn() => Log::line( 'canaries', $fields ) );
			self::assertStringNotContainsString( 'canary', $log );
			self::assertStringContainsString( '[redacted]', $log );
		}
		foreach ( $canaries['texts'] as $text ) {
			self::assertSame( $text['left'], Log::redact( $text['text'] ) );
			self::assertStringNotContainsString( 'canary', $this->log_of( static fn() => Log::line( $text['text'], array( 'deeper' => array( (object) array( 'reason' => $text['text'] ) ) ) ) ) );
		}
		foreach ( $canaries['kept'] as $text ) {
			self::assertStringContainsString( $text, $this->log_of( static fn() => Log::line( 'kept', array( 'reason' => $text ) ) ) );
		}
		self::assertStringContainsString( '[redacted]', $this->log_of( static fn() => Log::line( "canary \xff" ) ) );
	}

	public function test_a_statement_that_the_database_refuses_is_not_quoted_in_the_log(): void {
		$this->act_as( 'author' );
		$break    = static fn( string $sql ) => str_contains( $sql, 'canary' ) ? str_replace( 'draftkeeper_jobs', 'draftkeeper_nowhere', $sql ) : $sql;
		$id       = wp_generate_uuid4();
		$response = null;
		add_filter( 'query', $break, 1 );
		$log = $this->log_of(
			function () use ( &$response, $id ): void {
				$facts    = array( 'name' => "O'canary \"table\"" ) + self::body_of_job()['input']['facts'];
				$response = $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job( array( 'input' => array( 'facts' => $facts ) ) ), array( 'X-Request-ID' => $id ) );
			}
		);
		remove_filter( 'query', $break, 1 );
		$this->take_database_errors();
		self::assert_error( 'internal_error', 500, $response );
		self::assertStringNotContainsString( 'canary', $log );
		self::assertStringContainsString( $id, $log );
		self::assertMatchesRegularExpression( '/RuntimeException: The database refused a statement: .*(no such table|exist)/', $log );
		self::assertStringContainsString( 'Transactions.php:', $log );
	}

	public function test_what_another_plugin_says_in_an_error_stays_out(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$plugin = (string) tempnam( sys_get_temp_dir(), 'plugin' );
		file_put_contents( $plugin, '<?php return static fn() => throw new RuntimeException( "canary" );' );
		$fail = require $plugin;
		unlink( $plugin );
		add_action( 'draftkeeper_job_finished', $fail );
		$log = $this->log_of( fn() => $this->deliver( self::finished( $uuid ) ) );
		remove_action( 'draftkeeper_job_finished', $fail );
		self::assertStringContainsString( 'a listener of draftkeeper_job_finished failed: RuntimeException', $log );
		self::assertStringNotContainsString( 'canary', $log );
	}

	private function log_of( callable $work ): string {
		$file   = (string) tempnam( sys_get_temp_dir(), 'log' );
		$before = ini_set( 'error_log', $file );
		try {
			$work();
		} finally {
			ini_set( 'error_log', (string) $before );
			$log = (string) file_get_contents( $file );
			unlink( $file );
		}
		return $log;
	}
}
