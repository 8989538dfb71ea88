<?php

namespace Draftkeeper\Tests\Integration\Health;

use Draftkeeper\Plugin;
use Draftkeeper\Streams\StreamTroubles;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class StreamsCheckTest extends JobsTestCase {
	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_STREAMING' );
		parent::tearDown();
	}

	#[DataProvider( 'troubles' )]
	public function test_what_browsers_tell_is_found_with_its_next_step( string $what, string $cause, string $next ): void {
		$this->tell( $what );
		self::assertSame( 'good', Plugin::checks()->local()['streams']()?->level->value );
		$this->tell( $what );
		$finding = Plugin::checks()->local()['streams']();
		self::assertSame( 'recommended', $finding?->level->value );
		self::assertStringContainsString( '2 times', $finding->text );
		self::assertStringContainsString( $cause, $finding->text );
		self::assertStringContainsString( $next, $finding->next );
		self::assertStringContainsString( 'settings', $finding->next );
	}

	/** @return iterable<string, array{string, string, string}> */
	public static function troubles(): iterable {
		yield 'a proxy that collects' => array( 'kept_back', 'a proxy between gateway and browser', 'proxy_buffering off' );
		yield 'a gateway out of reach' => array( 'unreachable', 'could not reach', 'connect-src' );
		yield 'a page of something else' => array( 'not_a_stream', 'Something else', 'Authorization' );
	}

	public function test_one_person_counts_once_in_ten_minutes_and_all_is_forgotten_after_a_day(): void {
		$start    = 1_772_000_000;
		$at       = static fn( int $seconds ) => new StreamTroubles( static fn() => $start + $seconds );
		$troubles = $at( 601 );
		foreach ( array( 0, 1, 599 ) as $seconds ) {
			$at( $seconds )->note( 7, 'kept_back' );
		}
		self::assertCount( 1, $troubles->recent() );
		$troubles->note( 7, 'unreachable' );
		$troubles->note( 8, 'kept_back' );
		self::assertSame( array( 'kept_back', 'unreachable', 'kept_back' ), array_column( $troubles->recent(), 'what' ) );
		for ( $user = 100; $user < 200; $user++ ) {
			$troubles->note( $user, 'kept_back' );
		}
		self::assertCount( 50, $troubles->recent() );
		self::assertSame( array(), $at( 602 + DAY_IN_SECONDS )->recent() );
		foreach ( array( 'what another plugin left', array( 'what' ), array( array( 'what' => 'kept_back' ) ) ) as $left ) {
			set_transient( 'draftkeeper_stream_troubles', $left );
			self::assertSame( array(), $troubles->recent() );
		}
	}

	public function test_a_saved_setting_begins_anew(): void {
		$this->tell( 'kept_back' );
		$this->tell( 'kept_back' );
		StreamTroubles::forget();
		self::assertSame( 'good', Plugin::checks()->local()['streams']()?->level->value );
	}

	public function test_where_nothing_is_streamed_there_is_nothing_to_find(): void {
		putenv( 'DRAFTKEEPER_STREAMING=off' );
		self::assertNull( Plugin::checks()->local()['streams']() );
	}

	public function test_only_who_may_watch_the_draft_can_tell(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->act_as( 'author' );
		$this->ask( $uuid, '{"after":"kept_back"}' );
		$this->act_as( 'subscriber' );
		$this->ask( $uuid, '{"after":"kept_back"}' );
		wp_set_current_user( 0 );
		$this->ask( $uuid, '{"after":"kept_back"}' );
		self::assertSame( array(), ( new StreamTroubles( time( ... ) ) )->recent() );
	}

	public function test_a_body_that_is_none_is_refused_and_none_is_no_trouble(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		foreach ( array( '{"after":"bored"}', '{"after":null}', '[]', '{"after":"kept_back","x":1}' ) as $body ) {
			self::assertSame( 400, $this->ask( $uuid, $body ), $body );
		}
		foreach ( array( '', '{}' ) as $body ) {
			self::assertSame( 201, $this->ask( $uuid, $body ) );
		}
		self::assertSame( array(), ( new StreamTroubles( time( ... ) ) )->recent() );
		$this->deliver( self::finished( $uuid ) );
		// The draft was faster than the browser's patience; what it has met counts all the same.
		self::assertSame( 409, $this->ask( $uuid, '{"after":"kept_back"}' ) );
		self::assertCount( 1, ( new StreamTroubles( time( ... ) ) )->recent() );
	}

	/** Another author's browser has met this. */
	private function tell( string $what ): void {
		$this->act_as( 'author' );
		self::assertSame( 201, $this->ask( $this->created(), (string) wp_json_encode( array( 'after' => $what ) ) ) );
	}

	private function ask( string $uuid, string $body ): int {
		return $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/ticket", $body, array( 'Origin' => home_url() ) )->get_status();
	}
}
