import { lookup as lookupName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import type { Site } from '../sites/site.ts';

const CONNECT_TIMEOUT_MS = 5_000;

export class AddressRefused extends Error {
	override readonly name = 'AddressRefused';
	readonly code = 'address_refused';
}

/**
 * Whether the gateway may connect to an address for this site: any on the public internet,
 * others (loopback, private, link-local, carrier-grade, mapped, …) only where the operator listed their network.
 */
export function isAllowedAddress( address: string, privateNetworks: readonly string[] ): boolean {
	if ( ! ipaddr.isValid( address ) ) {
		return false;
	}
	const parsed = ipaddr.process( address );
	if ( parsed.range() === 'unicast' && ( parsed.kind() === 'ipv4' || isGlobalIpv6( parsed as ipaddr.IPv6 ) ) ) {
		return true;
	}
	return privateNetworks.some( ( network ) => {
		const [ base, bits ] = ipaddr.parseCIDR( network );
		return base.kind() === parsed.kind() && parsed.match( base, bits );
	} );
}

/** IPv6 of the internet is what was given out so far; the rest leads to translators (64:ff9b:1::/48), old site-local networks or nowhere. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR( '2000::/3' );
/** Protocols' own addresses, and documentation. */
const RESERVED_IPV6 = [ '2001::/23', '2002::/16', '3fff::/20' ].map( ( network ) => ipaddr.IPv6.parseCIDR( network ) );

function isGlobalIpv6( address: ipaddr.IPv6 ): boolean {
	return address.match( GLOBAL_IPV6 ) && ! RESERVED_IPV6.some( ( network ) => address.match( network ) );
}

const LOOPBACK = [ '127.0.0.0/8', '::1/128' ];

/** The networks without which a site at this address could not be reached. What a name leads to only the gateway's own look-up knows. */
export function networksNeededBy( url: URL ): string[] {
	const host = url.hostname.replace( /^\[|\]$/g, '' );
	if ( host === 'localhost' || host.endsWith( '.localhost' ) ) {
		return LOOPBACK;
	}
	if ( isIP( host ) === 0 || isAllowedAddress( host, [] ) ) {
		return [];
	}
	return isAllowedAddress( host, LOOPBACK ) ? LOOPBACK : [ `${ host }/${ isIP( host ) === 4 ? 32 : 128 }` ];
}

/** A connection pool for one site. A name is resolved once per connection, and the connection goes to the address that was checked. */
export function createSiteAgent( site: Site, resolve: LookupFunction = lookupName ): Agent {
	const lookup: LookupFunction = ( hostname, options, callback ) => {
		resolve( hostname, { ...options, all: true }, ( error, found ) => {
			if ( error !== null ) {
				callback( error, '' );
				return;
			}
			const addresses = Array.isArray( found ) ? found : [ { address: found, family: isIP( found ) } ];
			const allowed = addresses.filter( ( { address } ) => isAllowedAddress( address, site.private_networks ) );
			const [ first ] = allowed;
			if ( first === undefined ) {
				callback( new AddressRefused( 'The site’s address is in a network that is not allowed for it.' ), '' );
			} else if ( options.all === true ) {
				callback( null, allowed );
			} else {
				callback( null, first.address, first.family );
			}
		} );
	};
	return new Agent( { connect: { timeout: CONNECT_TIMEOUT_MS, lookup } } );
}

/** A URL that names an address instead of a host never goes through `lookup`, so it is checked here. */
export function assertAllowedUrl( url: URL, site: Site ): void {
	const host = url.hostname.replace( /^\[|\]$/g, '' );
	if ( isIP( host ) !== 0 && ! isAllowedAddress( host, site.private_networks ) ) {
		throw new AddressRefused( 'The site’s address is in a network that is not allowed for it.' );
	}
}
