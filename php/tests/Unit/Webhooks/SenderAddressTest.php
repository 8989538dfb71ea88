<?php

namespace Draftkeeper\Tests\Unit\Webhooks;

use Draftkeeper\Webhooks\SenderAddress;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class SenderAddressTest extends TestCase {
	/**
	 * @param list<string> $allowed
	 * @param list<string> $proxies
	 */
	#[DataProvider( 'senders' )]
	public function test_only_listed_senders_may_try( bool $expected, array $allowed, array $proxies, mixed $remote, mixed $forwarded = null ): void {
		self::assertSame( $expected, ( new SenderAddress( $allowed, $proxies ) )->is_allowed( array_filter( array( 'REMOTE_ADDR' => $remote, 'HTTP_X_FORWARDED_FOR' => $forwarded ), static fn( mixed $value ) => null !== $value ) ) );
	}

	public function test_a_constant_may_be_a_list_and_what_is_none_lets_nobody_in(): void {
		self::assertSame( array( '192.0.2.7', '192.0.2.64/26' ), SenderAddress::parse( " 192.0.2.7,\n192.0.2.64/26 " ) );
		self::assertSame( array( '192.0.2.7', '192.0.2.64/26' ), SenderAddress::parse( array( '192.0.2.7', '192.0.2.64/26' ) ) );
		self::assertSame( array( array(), array(), array() ), array_map( SenderAddress::parse( ... ), array( false, '', array() ) ) );
		foreach ( array( 7, true, array( 7 ) ) as $nonsense ) {
			self::assertFalse( ( new SenderAddress( SenderAddress::parse( $nonsense ), array() ) )->is_allowed( array( 'REMOTE_ADDR' => '192.0.2.7' ) ) );
		}
	}

	/** @return iterable<string, array{0: bool, 1: list<string>, 2: list<string>, 3: mixed, 4?: mixed}> */
	public static function senders(): iterable {
		$gateway = array( '192.0.2.7' );
		$proxy   = array( '10.0.0.0/8', '::1' );
		yield 'no list' => array( true, array(), array(), '203.0.113.9' );
		yield 'no list and no address' => array( true, array(), array(), null );
		yield 'the gateway itself' => array( true, $gateway, array(), '192.0.2.7' );
		yield 'a neighbour' => array( false, $gateway, array(), '192.0.2.8' );
		yield 'a network' => array( true, array( '192.0.2.0/29' ), array(), '192.0.2.7' );
		yield 'just outside the network' => array( false, array( '192.0.2.0/29' ), array(), '192.0.2.8' );
		yield 'everything' => array( true, array( '0.0.0.0/0' ), array(), '203.0.113.9' );
		yield 'IPv6' => array( true, array( '2001:db8::/33' ), array(), '2001:db8:7fff::1' );
		yield 'IPv6 outside' => array( false, array( '2001:db8::/33' ), array(), '2001:db8:8000::1' );
		yield 'IPv6 in long form' => array( true, array( '2001:db8::7' ), array(), '2001:0db8:0:0:0:0:0:7' );
		yield 'IPv4 inside IPv6' => array( true, $gateway, array(), '::ffff:192.0.2.7' );
		yield 'IPv4 is not IPv6' => array( false, array( '::/0' ), array(), '192.0.2.7' );
		yield 'a header nobody vouches for' => array( false, $gateway, array(), '203.0.113.9', '192.0.2.7' );
		yield 'behind a proxy' => array( true, $gateway, $proxy, '10.1.2.3', '192.0.2.7' );
		yield 'behind two proxies' => array( true, $gateway, $proxy, '::1', '192.0.2.7, 10.1.2.3' );
		yield 'with a port' => array( true, $gateway, $proxy, '::1', '192.0.2.7:4711' );
		yield 'a forged first entry' => array( false, $gateway, $proxy, '10.1.2.3', '192.0.2.7, 203.0.113.9' );
		yield 'a forged entry before another proxy' => array( false, $gateway, $proxy, '10.1.2.3', '192.0.2.7, 203.0.113.9, 10.9.9.9' );
		yield 'a proxy without a header' => array( false, $gateway, $proxy, '10.1.2.3' );
		yield 'a proxy that is listed itself' => array( true, array( '10.1.2.3' ), $proxy, '10.1.2.3' );
		yield 'nonsense in the header' => array( false, $gateway, $proxy, '10.1.2.3', '192.0.2.7, unknown' );
		yield 'a header that is no text' => array( false, $gateway, $proxy, '10.1.2.3', array( '192.0.2.7' ) );
		yield 'a very long header' => array( false, $gateway, $proxy, '10.1.2.3', str_repeat( '10.1.1.1, ', 5000 ) . 'x' );
		yield 'no address' => array( false, $gateway, $proxy, null );
		yield 'a socket' => array( false, $gateway, $proxy, 'unix:' );
		yield 'a list of nonsense lets nobody in' => array( false, array( 'gateway.example.com', '192.0.2.0/99', '192.0.2.0/', '/8' ), array(), '192.0.2.7' );
	}
}
