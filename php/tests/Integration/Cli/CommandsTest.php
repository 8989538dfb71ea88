<?php

namespace Draftkeeper\Tests\Integration\Cli;

use Draftkeeper\Cli\JobsCommand;
use Draftkeeper\Jobs\JobListArguments;
use Draftkeeper\Plugin;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\RecordingConsole;

final class CommandsTest extends JobsTestCase {
	private const FAILURE = array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => 'Busy.' );

	private RecordingConsole $console;

	public function test_connect_prints_keys_that_connect_a_site(): void {
		$this->run_command( 'connect', array( 'https://gateway.example.com/' ) );
		preg_match_all( "/^define\( '(DRAFTKEEPER_[A-Z_]+)', '(.*)' \);$/m", $this->console->text, $lines );
		$values = array_combine( $lines[1], $lines[2] );
		self::assertSame( 'https://gateway.example.com', $values['DRAFTKEEPER_GATEWAY_URL'] );
		foreach ( $values as $name => $value ) {
			putenv( "$name=$value" );
		}
		self::assertSame( 'good', Plugin::checks()->local()['secrets']()->level->value );

		preg_match( '/^\{.*^\}/ms', $this->console->text, $json );
		$site = json_decode( $json[0], true );
		self::assertSame( array( $values['DRAFTKEEPER_SITE_ID'], 1, home_url(), rest_url() ), array( $site['site_id'], $site['blog_id'], $site['home'], $site['rest_url'] ) );
		self::assertSame( $values['DRAFTKEEPER_KEY_ID'], $site['keys'][0]['kid'] );
		$private = openssl_pkey_get_private( str_replace( '\n', "\n", $values['DRAFTKEEPER_SIGNING_KEY'] ) );
		self::assertSame( trim( openssl_pkey_get_details( $private )['key'] ), $site['keys'][0]['public_key'] );
		self::assertStringNotContainsString( 'PRIVATE', $json[0] );
		self::assertStringContainsString( "{$site['webhook_secret_env']}={$values['DRAFTKEEPER_WEBHOOK_SECRET']}", $this->console->text );
		self::assertFalse( get_option( 'draftkeeper_gateway_url' ), 'nothing is stored' );

		foreach ( array( '', 'gateway.example.com', 'ftp://gateway.example.com', 'https://user:secret@gateway.example.com', 'https://gateway.example.com/?a=b' ) as $bad ) {
			self::assertStringContainsString( 'must begin with https', $this->failure( 'connect', array( $bad ) ) );
		}
		self::assertStringContainsString( 'site id', $this->failure( 'connect', array( 'https://a.example' ), array( 'site-id' => 'a b' ) ) );
	}

	public function test_jobs_are_listed_by_the_filters_of_the_route(): void {
		$user   = $this->act_as( 'author' );
		$failed = $this->created();
		$this->deliver( self::finished( $failed, self::FAILURE ) );
		$open = $this->created();
		wp_set_current_user( 0 );
		$this->run_jobs( 'list_jobs' );
		self::assertSame( array( $open, $failed ), array_column( $this->console->rows, 'uuid' ) );
		$this->run_jobs( 'list_jobs', array(), array( 'status' => 'failed', 'user_id' => (string) $user ) );
		self::assertSame( array( array( $failed, 'provider_busy' ) ), array_map( static fn( array $row ) => array( $row['uuid'], $row['why'] ), $this->console->rows ) );
		$this->run_jobs( 'list_jobs', array(), array( 'per_page' => '1' ) );
		preg_match( '/--cursor=(\S+)/', $this->console->text, $cursor );
		$this->run_jobs( 'list_jobs', array(), array( 'format' => 'ids', 'cursor' => $cursor[1] ) );
		self::assertSame( array( array( 'id' => $failed ) ), $this->console->rows );
		try {
			$this->run_jobs( 'list_jobs', array(), array( 'status' => 'done', 'colour' => 'red' ) );
			self::fail( 'A wrong filter was taken.' );
		} catch ( \DomainException $error ) {
			self::assertStringContainsString( '--status must be one of', $error->getMessage() );
			self::assertStringContainsString( '--colour', $error->getMessage() );
		}
	}

	public function test_jobs_are_searched_as_on_the_screen_whoever_may_read_their_posts(): void {
		$this->act_as( 'author' );
		$on_post = $this->created( array( 'post_id' => $this->post( array( 'post_title' => 'Oak side table', 'post_status' => 'private' ) ), 'client_ref' => 'order 7' ) );
		$other   = $this->created();
		wp_set_current_user( 0 );
		foreach ( array( 'side table' => $on_post, 'order 7' => $on_post, $other => $other, (string) $this->row( $other )['request_id'] => $other ) as $words => $uuid ) {
			$this->run_jobs( 'list_jobs', array(), array( 'search' => (string) $words ) );
			self::assertSame( array( $uuid ), array_column( $this->console->rows, 'uuid' ), (string) $words );
		}
		$this->run_jobs( 'list_jobs', array(), array( 'search' => 'side table', 'status' => 'failed' ) );
		self::assertSame( array(), $this->console->rows );
	}

	public function test_a_count_counts_every_job_and_not_one_page(): void {
		$this->act_as( 'author' );
		array_map( fn() => $this->created( array( 'client_ref' => 'import' ) ), range( 1, 3 ) );
		$this->deliver( self::finished( $this->created() ) );
		foreach ( array( array( '4', array() ), array( '3', array( 'status' => 'running' ) ), array( '3', array( 'search' => 'import' ) ), array( '0', array( 'from' => '2999-01-01' ) ), array( '1', array( 'review' => 'waiting' ) ) ) as list( $expected, $options ) ) {
			$this->run_jobs( 'list_jobs', array(), $options + array( 'format' => 'count', 'per_page' => '1' ) );
			self::assertSame( "$expected\n", $this->console->text );
		}
	}

	public function test_the_help_of_the_list_names_every_filter_of_the_route(): void {
		$help = (string) ( new \ReflectionMethod( JobsCommand::class, 'list_jobs' ) )->getDocComment();
		foreach ( array_diff( array_keys( JobListArguments::all( 1, 1 ) ), array( 'open_for', 'ids' ) ) as $name ) {
			self::assertStringContainsString( "[--$name=<", $help );
		}
	}

	public function test_jobs_are_repeated_as_their_owner_and_canceled_by_anybody(): void {
		$owner  = $this->act_as( 'author' );
		$failed = $this->created( array( 'post_id' => $this->post() ) );
		$this->deliver( self::finished( $failed, self::FAILURE ) );
		wp_set_current_user( 0 );
		$this->run_jobs( 'retry', array( $failed ) );
		preg_match( '/ as (\S+)/', $this->console->text, $copy );
		self::assertSame( array( (string) $owner, $failed ), array( (string) $this->row( $copy[1] )['user_id'], $this->row( $copy[1] )['retry_of'] ) );
		self::assertSame( 0, get_current_user_id() );

		$this->run_jobs( 'cancel', array( $copy[1] ) );
		self::assertSame( 'canceled', $this->row( $copy[1] )['status'] );
		try {
			$this->run_jobs( 'cancel', array( $failed, wp_generate_uuid4() ) );
			self::fail( 'An ended job was canceled.' );
		} catch ( \DomainException $error ) {
			self::assertSame( '2 of 2 could not be done.', $error->getMessage() );
			self::assertStringContainsString( 'job_finished', $this->console->text );
			self::assertStringContainsString( 'job_not_found', $this->console->text );
		}
	}

	public function test_a_job_whose_owner_is_gone_is_repeated_by_somebody_who_is_named(): void {
		$this->act_as( 'author' );
		$failed = $this->created();
		$this->deliver( self::finished( $failed, self::FAILURE ) );
		$this->set_row( $failed, array( 'user_id' => 0 ) );
		wp_set_current_user( 0 );
		try {
			$this->run_jobs( 'retry', array( $failed ) );
			self::fail( 'It was repeated by nobody.' );
		} catch ( \DomainException ) {
			self::assertStringContainsString( '--user', $this->console->text );
		}
		$named = $this->act_as( 'administrator' );
		$this->run_jobs( 'retry', array( $failed ) );
		preg_match( '/ as (\S+)/', $this->console->text, $copy );
		self::assertSame( (string) $named, (string) $this->row( $copy[1] )['user_id'] );
	}

	public function test_sweep_brings_on_what_waits(): void {
		$this->act_as( 'author' );
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->gateway->go_down( false );
		$this->set_row( $uuid, array( 'lease_until' => gmdate( 'Y-m-d H:i:s', time() - 1 ) ) );
		$this->run_command( 'sweep' );
		self::assertSame( 'running', $this->row( $uuid )['status'] );
		self::assertStringContainsString( '0 waiting, 0 stuck', $this->console->text );
	}

	public function test_stats_tell_where_jobs_stand_and_what_they_cost(): void {
		$this->act_as( 'author' );
		$this->deliver( self::finished( $this->created() ) );
		$this->gateway->go_down();
		$this->created();
		$this->run_command( 'stats' );
		$values = array_column( $this->console->rows, 'value', 'name' );
		self::assertSame( array( 1, 1, 0, 1, 1, 530, '0.000160' ), array( $values['jobs succeeded'], $values['jobs pending'], $values['jobs stuck'], $values['waiting, gateway_unreachable'], $values['calls, today'], $values['tokens, today'], $values['US dollars, 30 days'] ) );
	}

	public function test_trace_tells_the_story_of_a_request(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		$this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/review", array( 'decision' => 'accepted', 'version' => (int) $this->row( $uuid )['version'] ) );
		foreach ( array( $uuid, strtoupper( $uuid ), (string) $this->row( $uuid )['request_id'], str_replace( '-', '', (string) $this->row( $uuid )['request_id'] ) ) as $id ) {
			$this->run_command( 'trace', array( $id ) );
			$story = implode( "\n", array_column( $this->console->rows, 'event' ) );
			foreach ( array( 'created by user', 'gateway asked, 1 offers', 'call 1 of local/small recorded: succeeded', '160 millionths', 'accepted by user' ) as $part ) {
				self::assertStringContainsString( $part, $story );
			}
			self::assertStringNotContainsString( 'oak', strtolower( $story ) );
		}
		self::assertStringContainsString( 'error log', $this->failure( 'trace', array( wp_generate_uuid4() ) ) );
		self::assertStringContainsString( 'looks like', $this->failure( 'trace', array( 'x' ) ) );
	}

	public function test_doctor_says_what_is_wrong_and_ends_badly_when_it_is_critical(): void {
		$this->act_as( 'administrator' );
		add_filter( 'pre_http_request', static fn( mixed $earlier, array $arguments, string $url ) => str_contains( $url, 'example.test' ) ? new \WP_Error( 'http_request_failed', 'no loop here' ) : $earlier, 20, 3 );
		do_action( 'draftkeeper_sweep' );
		$this->run_command( 'doctor' );
		self::assertStringContainsString( "ok   The gateway of Draftkeeper answers\n", $this->console->text );
		self::assertStringContainsString( 'no loop here', $this->console->text );
		self::assertStringContainsString( 'Success: ', $this->console->text );
		putenv( 'DRAFTKEEPER_SIGNING_KEY=nonsense' );
		self::assertStringContainsString( 'needs a person', str_replace( 'things need', 'thing needs', $this->failure( 'doctor' ) ) );
		self::assertStringContainsString( 'BAD  The signing key', $this->console->text );
		self::assertStringContainsString( '→', $this->console->text );
	}

	public function test_doctor_tells_a_program_the_same_and_nothing_else(): void {
		$this->act_as( 'administrator' );
		add_filter( 'pre_http_request', static fn( mixed $earlier, array $arguments, string $url ) => str_contains( $url, 'example.test' ) ? new \WP_Error( 'http_request_failed', 'no loop here' ) : $earlier, 20, 3 );
		do_action( 'draftkeeper_sweep' );
		$this->run_command( 'doctor', array(), array( 'format' => 'json' ) );
		self::assertSame( '', $this->console->text );
		$levels = array_column( $this->console->rows, 'level', 'check' );
		self::assertSame( array( 'good', 'good', 'recommended' ), array( $levels['secrets'], $levels['gateway'], $levels['webhook'] ) );
		putenv( 'DRAFTKEEPER_SIGNING_KEY=nonsense' );
		$this->failure( 'doctor', array(), array( 'format' => 'json' ) );
		self::assertSame( 'critical', array_column( $this->console->rows, 'level', 'check' )['secrets'] );
	}

	/**
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	private function run_command( string $name, array $arguments = array(), array $options = array() ): void {
		$this->console = new RecordingConsole();
		( Plugin::commands( $this->console )->all()[ $name ] )( $arguments, $options );
	}

	/**
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	private function run_jobs( string $name, array $arguments = array(), array $options = array() ): void {
		$this->console = new RecordingConsole();
		Plugin::commands( $this->console )->all()['jobs']->$name( $arguments, $options );
	}

	/**
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	private function failure( string $name, array $arguments = array(), array $options = array() ): string {
		try {
			$this->run_command( $name, $arguments, $options );
		} catch ( \DomainException $error ) {
			return $error->getMessage();
		}
		self::fail( 'The command did not fail.' );
	}
}
