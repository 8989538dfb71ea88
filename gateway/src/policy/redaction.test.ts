import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redact } from './redaction.ts';

const vectors = JSON.parse( readFileSync( new URL( '../../../contract/examples/redaction.json', import.meta.url ), 'utf8' ) ) as { text: string; redacted: string }[];

describe( 'redaction', () => {
	it.each( vectors )( 'makes "$redacted" of "$text", as the plugin does', ( { text, redacted } ) => {
		expect( redact( text ) ).toBe( redacted );
	} );

	it( 'takes a moment for any text', () => {
		const began = performance.now();
		for ( const text of [ '0 '.repeat( 4_000 ), 'a@'.repeat( 4_000 ), 'a.'.repeat( 4_000 ), 'sk-'.repeat( 3_000 ), 'DE89 '.repeat( 2_000 ), '1'.repeat( 8_000 ) ] ) {
			redact( text );
		}
		expect( performance.now() - began ).toBeLessThan( 2_000 );
	} );
} );
