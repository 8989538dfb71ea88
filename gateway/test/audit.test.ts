import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashApiKey } from '../src/keys/api-key.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { startFakeSite } from './fake-site.ts';
import { buildServer, install, removeServer, request, spawnServer } from './server-process.ts';
import { createOffer, createTestSite } from './test-site.ts';

beforeAll( () => buildServer() );
afterAll( removeServer );

it( 'files who changed keys and switches and canceled jobs, proves it, and notices what was changed since', async ( { onTestFinished } ) => {
	let secret = '';
	const wordpress = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi( { api_key: 'sk-canary' } );
	const shop = createTestSite( { rest_url: wordpress.rest_url, private_networks: [ '127.0.0.0/8' ] } );
	( { secret } = shop );
	const installation = install( shop, provider.url );
	onTestFinished( async () => {
		await Promise.all( [ wordpress.stop(), provider.stop() ] );
		installation.remove();
	} );
	const command = async ( ...words: string[] ) => {
		const child = spawnServer( { ...installation.environment, SUDO_USER: 'anna' }, words );
		const [ out, error, [ code ] ] = await Promise.all( [ text( child.stdout! ), text( child.stderr! ), once( child, 'exit' ) ] );
		return { code: code as number, out, error };
	};

	provider.hold();
	const server = await installation.start();
	const offer = createOffer( { model: 'other' } );
	expect( await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( offer ) ) ).toMatchObject( { status: 202 } );
	expect( await request( shop, 'DELETE', `${ server.origin }/v1/jobs/${ offer.uuid }` ) ).toMatchObject( { status: 200 } );
	await server.kill( 'SIGTERM' );
	const key = ( await command( 'keys', 'add', '--site', 'shop', '--name', 'chat' ) ).out.trim();
	expect( await command( 'keys', 'revoke', key ) ).toMatchObject( { code: 0 } );
	expect( await command( 'keys', 'list' ) ).toMatchObject( { code: 0 } );
	expect( await command( 'sites', 'disable', '--all' ) ).toMatchObject( { code: 0 } );
	// What was refused has changed nothing.
	expect( await command( 'keys', 'revoke', 'no-such-key' ) ).toMatchObject( { code: 1 } );

	const { out } = await command( 'audit', 'list' );
	const lines = out.trim().split( '\n' ).slice( 1 ).map( ( line ) => line.split( /\s{2,}/ ).filter( ( _, column ) => column !== 1 ) );
	expect( lines ).toEqual( [
		[ '4', expect.stringMatching( /^operator:anna@/ ), 'sites disable', '--all' ],
		[ '3', expect.stringMatching( /^operator:anna@/ ), 'keys revoke', hashApiKey( key ).id ],
		[ '2', expect.stringMatching( /^operator:anna@/ ), 'keys add', '--site shop --name chat' ],
		[ '1', 'site:shop:1', 'job_canceled', offer.uuid ],
	] );
	expect( out ).not.toContain( key );

	const proof = await command( 'audit', 'verify' );
	expect( proof ).toMatchObject( { code: 0, out: expect.stringMatching( /^4 entries, unbroken\. Head: 4:[0-9a-f]{64}\n$/ ) } );
	const head = proof.out.trim().split( ' ' ).at( -1 ) ?? '';
	expect( await command( 'audit', 'verify', '--head', head ) ).toMatchObject( { code: 0 } );

	const database = new Database( installation.environment[ 'DRAFTKEEPER_DATABASE' ] ?? '' );
	database.exec( 'DROP TRIGGER audit_is_not_removed; DELETE FROM audit WHERE number = 4' );
	expect( await command( 'audit', 'verify' ) ).toMatchObject( { code: 0 } );
	expect( await command( 'audit', 'verify', '--head', head ) ).toMatchObject( { code: 1, error: expect.stringContaining( 'cut off' ) } );
	database.exec( 'DELETE FROM audit WHERE number = 2' );
	database.close();
	expect( await command( 'audit', 'verify' ) ).toMatchObject( { code: 1, error: expect.stringContaining( 'broken at entry 2' ) } );
} );
