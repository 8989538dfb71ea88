import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFakeOpenAi } from './fake-openai.ts';
import { buildServer, install, removeServer, spawnServer } from './server-process.ts';
import { createTestSite } from './test-site.ts';

beforeAll( () => buildServer() );
afterAll( removeServer );

it( 'a key made by command opens a running gateway, is counted, survives kill -9, and is refused as soon as it is revoked', async ( { onTestFinished } ) => {
	const provider = await startFakeOpenAi( { api_key: 'sk-canary' } );
	const installation = install( createTestSite( { api: true } ), provider.url );
	onTestFinished( async () => {
		await provider.stop();
		installation.remove();
	} );
	provider.respondWith( () => ( { text: 'Fine.', usage: { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 } } ) );
	const keys = async ( ...args: string[] ) => {
		const child = spawnServer( installation.environment, [ 'keys', ...args ] );
		const [ out, [ code ] ] = await Promise.all( [ text( child.stdout ?? process.stdin ), once( child, 'exit' ) ] );
		expect( code ).toBe( 0 );
		return out.trim();
	};

	const first = await installation.start();
	const apiKey = await keys( 'add', '--site', 'shop', '--name', 'Newsletter tool' );
	const ask = ( origin: string ) => new OpenAI( { baseURL: `${ origin }/v1`, apiKey, maxRetries: 0 } )
		.chat.completions.create( { model: 'other', messages: [ { role: 'user', content: 'Hello' } ] } );
	expect( ( await ask( first.origin ) ).choices[ 0 ]?.message.content ).toBe( 'Fine.' );
	await expect.poll( () => keys( 'usage' ) ).toContain( 'Newsletter tool' );
	await first.kill( 'SIGKILL' );

	const second = await installation.start();
	await ask( second.origin );
	await keys( 'revoke', apiKey );
	await expect( ask( second.origin ) ).rejects.toBeInstanceOf( OpenAI.AuthenticationError );
	await second.kill( 'SIGINT' );
	const [ , row ] = ( await keys( 'usage' ) ).split( '\n' );
	// 1,000 tokens at one dollar a million and 500 at two, twice.
	expect( row?.split( /\s{2,}/ ).slice( 1 ) ).toEqual( [ 'shop:1', 'other', '2', '0', '2000', '1000', '0.0040', 'Newsletter tool' ] );
	expect( first.log.concat( second.log ).join( '' ) ).not.toContain( apiKey );
} );
