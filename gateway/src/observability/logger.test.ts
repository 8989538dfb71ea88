import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../providers/text-provider.ts';
import { createLogger } from './logger.ts';

function logOf( write: ( logger: ReturnType< typeof createLogger > ) => void ): string {
	const lines: string[] = [];
	write( createLogger( 'info', { write: ( line ) => void lines.push( line ) } ) );
	return lines.join( '' );
}

describe( 'the log', () => {
	it( 'is one JSON line per event', () => {
		expect( JSON.parse( logOf( ( logger ) => logger.info( { request_id: 'r1', status: 202 }, 'request answered' ) ) ) ).toMatchObject( {
			level: 'info', request_id: 'r1', status: 202, msg: 'request answered',
		} );
	} );

	it( 'names the trace of a request, which is its id unless it says another', () => {
		const request_id = '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77';
		expect( JSON.parse( logOf( ( logger ) => logger.info( { request_id }, 'x' ) ) ) ).toMatchObject( { request_id, trace_id: '018f6b0a7c1e4b8e9d550c4f3f1e2a77' } );
		expect( JSON.parse( logOf( ( logger ) => logger.info( { request_id, trace_id: 'other' }, 'x' ) ) ) ).toMatchObject( { trace_id: 'other' } );
		expect( JSON.parse( logOf( ( logger ) => logger.info( {}, 'x' ) ) ) ).not.toHaveProperty( 'trace_id' );
	} );

	it( 'holds back keys, prompts and texts, also two levels down', () => {
		const canary = 'canary';
		const log = logOf( ( logger ) => logger.info( {
			authorization: canary, api_key: canary, messages: [ canary ], text: canary,
			request: { headers: { authorization: canary, 'webhook-signature': canary }, body: canary }, outcome: { text: canary }, job: { request_json: canary },
		} ) );
		expect( log ).not.toContain( canary );
		expect( log ).toContain( '[redacted]' );
	} );

	it( 'shows nothing of what the contract calls a secret, by name or by its looks, and keeps the rest', () => {
		const canaries = JSON.parse( readFileSync( new URL( '../../../contract/examples/log-secrets.json', import.meta.url ), 'utf8' ) ) as {
			fields: object[]; texts: { text: string; left: string }[]; kept: string[];
		};
		for ( const fields of canaries.fields ) {
			const log = logOf( ( logger ) => logger.info( fields ) );
			expect( log ).not.toContain( 'canary' );
			expect( log ).toContain( '[redacted]' );
		}
		for ( const { text, left } of canaries.texts ) {
			const log = logOf( ( logger ) => logger.info( { reason: text, deeper: { reasons: [ text ] } } ) );
			expect( JSON.parse( log ) ).toMatchObject( { reason: left, deeper: { reasons: [ left ] } } );
		}
		for ( const text of canaries.kept ) {
			expect( JSON.parse( logOf( ( logger ) => logger.info( { reason: text } ) ) ) ).toMatchObject( { reason: text } );
		}
	} );

	it( 'tells the name, code and place of an error, not its message', () => {
		const error = Object.assign( new Error( 'canary in the message', { cause: new ProviderError( 'provider_auth', { isRetryable: false } ) } ), { code: 'E_CODE', data: 'canary' } );
		const log = logOf( ( logger ) => logger.error( { err: error }, 'failed' ) );
		expect( log ).not.toContain( 'canary' );
		expect( JSON.parse( log ) ).toMatchObject( { err: { name: 'Error', code: 'E_CODE', cause: { name: 'ProviderError', code: 'provider_auth' } } } );
	} );
} );
