import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCodes, offerAnswers, waitReasons } from './index.ts';

type Vector = { name: string; status: number; body: string; then: string; wait_reason: string | null };
const vectors = JSON.parse( readFileSync( join( import.meta.dirname, '..', 'examples', 'offer-answers.json' ), 'utf8' ) ) as Vector[];

function codeOf( body: string ): string {
	try {
		const { code } = JSON.parse( body ) as { code?: string };
		return ( errorCodes as readonly string[] ).includes( code ?? '' ) ? code! : '';
	} catch {
		return '';
	}
}

it.each( vectors )( 'answers $status, $name: $then $wait_reason', ( { status, body, then, wait_reason } ) => {
	const code = codeOf( body );
	const row = offerAnswers.find( ( answer ) =>
		( answer.status === null || answer.status === status ) &&
		( answer.code === null || answer.code === code || ( answer.code === '*' && code !== '' ) )
	);
	expect( row ).toMatchObject( { then, wait_reason } );
} );

it( 'names a wait reason exactly where the job waits', () => {
	for ( const answer of offerAnswers ) {
		expect( [ null, ...waitReasons ] ).toContain( answer.wait_reason );
		expect( String( answer.then ) === 'wait' ).toBe( answer.wait_reason !== null );
	}
} );
