import { expect, HELD_MODEL, test } from './support/fixtures.ts';
import { ProductEditor } from './support/product-editor.ts';
import { screenshot } from './support/screenshot.ts';

/** Far longer than the pause after two failed offers, the back-off of the first ones and the longest gap between two looks of the browser together. */
const RECOVERY_TIMEOUT_MS = 180_000;

test.afterAll( async ( { running } ) => {
	running.upstream.release();
	running.upstream.respondWith( null );
	await running.site.stopGateway();
	await running.site.startGateway();
} );

test( 'A request made while the gateway is down is saved, says so, and becomes one draft when it is back', async ( { openAs, running } ) => {
	const { site, books } = running;
	const id = await books.newProduct( { title: 'Travel kettle' } );
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await site.stopGateway();
	await editor.generate();
	await expect( editor.block.getByText( 'The gateway cannot be reached right now. Your request is saved' ) ).toBeVisible();
	expect( await books.jobsOf( id ) ).toMatchObject( [ { status: 'pending', wait_reason: 'gateway_unreachable' } ] );
	await screenshot( editor.page, 'gateway-down' );

	await site.startGateway();
	await expect( editor.suggestion ).toBeVisible( { timeout: RECOVERY_TIMEOUT_MS } );
	expect( await books.jobsOf( id ) ).toMatchObject( [ { status: 'succeeded' } ] );
	expect( await books.attemptsOf( id ) ).toMatchObject( [ { attempt: '1', status: 'succeeded' } ] );
} );

test( 'A provider that is overloaded holds the draft up, which the block says, and does not fail it', async ( { openAs, running } ) => {
	const { site, books, upstream } = running;
	const id = await books.newProduct( { title: 'Rain barrel' } );
	await site.stopGateway();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	upstream.respondWith( () => ( { status: 503, headers: { 'retry-after': '8' }, raw: { error: { message: 'Overloaded.' } } } ) );
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await editor.generate();
	await expect( editor.block.getByText( 'The AI provider does not answer right now' ) ).toBeVisible();
	await screenshot( editor.page, 'provider-overloaded' );

	upstream.respondWith( () => ( { text: '<p>The Rain barrel fills again.</p>' } ) );
	await expect( editor.draft ).toContainText( 'The Rain barrel fills again.', { timeout: RECOVERY_TIMEOUT_MS } );
	expect( await books.attemptsOf( id ) ).toMatchObject( [ { attempt: '1', error_code: 'provider_unavailable' }, { attempt: '2', status: 'succeeded' } ] );
} );

test( 'A gateway killed while it writes delivers one draft after its restart, and the books tell of the lost call', async ( { openAs, running } ) => {
	const { site, books, upstream } = running;
	const id = await books.newProduct( { title: 'Garden lantern' } );
	await site.stopGateway();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	upstream.respondWith( () => ( { text: '<p>The Garden lantern shines again.</p>' } ) );
	const asked = upstream.requests.length;
	upstream.hold();
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await editor.generate();
	await upstream.requested( asked + 1 );
	await expect.poll( async () => ( await books.jobsOf( id ) )[ 0 ]?.status ).toBe( 'running' );

	await site.killGateway();
	upstream.release();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	await expect( editor.draft ).toContainText( 'The Garden lantern shines again.', { timeout: RECOVERY_TIMEOUT_MS } );

	expect( upstream.requests.length ).toBe( asked + 2 );
	expect( await books.jobsOf( id ) ).toMatchObject( [ { status: 'succeeded', maybe_billed_twice: '1' } ] );
	expect( await books.attemptsOf( id ) ).toMatchObject( [
		{ attempt: '1', status: 'failed', error_code: 'worker_lost' },
		{ attempt: '2', status: 'succeeded' },
	] );
} );
