import { expect } from '@playwright/test';
import type { Site } from '../../tools/site/site.ts';

/** What PHP complains about in our own files, of the plugin and of the demo. */
const PHP_COMPLAINT = /PHP (Notice|Warning|Deprecated|Fatal error|Parse error|Recoverable).*plugins\/draftkeeper/;
/** Enough of a key to know it, and none of the lines that every key has. */
const PEM_LINE = /^[A-Za-z0-9+/=]{40,}$/;

/** Whatever must be in no log: the signing key's lines and the webhook's secret. */
export function secretsOf( { keys }: Site ): string[] {
	return [ keys.webhook_secret.replace( 'whsec_', '' ), ...keys.private_key.split( '\n' ).filter( ( line ) => PEM_LINE.test( line ) ) ];
}

/** After all that the specs did: PHP complained of nothing of ours, and no log holds a secret. */
export function expectCleanLogs( { secrets, debug, gateway }: { secrets: readonly string[]; debug: string; gateway: string } ): void {
	expect( debug.split( '\n' ).filter( ( line ) => PHP_COMPLAINT.test( line ) ) ).toEqual( [] );
	expect( secrets.length ).toBeGreaterThan( 2 );
	for ( const [ index, secret ] of secrets.entries() ) {
		expect( debug.includes( secret ), `secret ${ index } is in WordPress's log` ).toBe( false );
		expect( gateway.includes( secret ), `secret ${ index } is in the gateway's log` ).toBe( false );
	}
}
