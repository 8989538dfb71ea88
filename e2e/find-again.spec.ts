import { expect, HELD_MODEL, test } from './support/fixtures.ts';
import { ProductEditor } from './support/product-editor.ts';
import { screenshot } from './support/screenshot.ts';

test.beforeAll( async ( { running } ) => {
	await running.site.stopGateway();
	await running.site.startGateway( { defaultModel: HELD_MODEL } );
} );
test.afterAll( async ( { running } ) => {
	running.upstream.release();
	running.upstream.respondWith( null );
	await running.site.stopGateway();
	await running.site.startGateway();
} );

test( 'A draft whose tab was closed and whose block was never saved is found again by a colleague in another browser', async ( { openAs, running } ) => {
	const { books, upstream } = running;
	const id = await books.newProduct( { title: 'Brass candlestick' } );
	upstream.respondWith( () => ( { text: '<p>The Brass candlestick waits for its candle.</p>' } ) );
	const asked = upstream.requests.length;
	upstream.hold();

	const first = await ProductEditor.open( await openAs( 'editor' ), id );
	await first.insertBlock();
	await first.generate();
	await upstream.requested( asked + 1 );
	await expect( first.block.getByRole( 'status' ).filter( { hasText: 'Writing a draft…' } ) ).toBeVisible();
	await screenshot( first.page, 'running' );
	await first.closeTab();
	expect( await books.contentOf( id ) ).toBe( '' );

	const second = await ProductEditor.open( await openAs( 'colleague' ), id );
	await expect( second.block ).toHaveCount( 0 );
	const panel = await second.openPanel();
	await expect( panel.getByText( 'Writing a draft…' ) ).toBeVisible();
	upstream.release();
	await expect( panel.getByText( 'A draft is ready for your review.' ) ).toBeVisible();
	await expect( second.page.getByText( 'A draft is waiting for this product.' ).first() ).toBeVisible();
	await screenshot( second.page, 'found-again' );

	await panel.getByRole( 'button', { name: 'Show draft: Brass candlestick' } ).click();
	await expect( second.draft ).toContainText( 'The Brass candlestick waits for its candle.' );
	await second.button( 'Accept' ).click();
	await expect( second.block ).toHaveCount( 0 );
	await second.save();
	expect( await books.contentOf( id ) ).toContain( 'The Brass candlestick waits for its candle.' );
	const jobs = await books.jobsOf( id );
	expect( jobs ).toHaveLength( 1 );
	expect( jobs[ 0 ] ).toMatchObject( { status: 'succeeded', review: 'accepted' } );
	expect( jobs[ 0 ]?.reviewed_by ).not.toBe( jobs[ 0 ]?.user_id );
	expect( upstream.requests.length ).toBe( asked + 1 );
} );

test( 'A draft that finished while nobody looked waits in its saved block', async ( { openAs, running } ) => {
	const { books, upstream } = running;
	const id = await books.newProduct( { title: 'Linen apron' } );
	upstream.respondWith( () => ( { text: '<p>The Linen apron hangs ready.</p>' } ) );
	const asked = upstream.requests.length;
	upstream.hold();
	const first = await ProductEditor.open( await openAs( 'editor' ), id );
	await first.insertBlock();
	await first.save();
	await first.generate();
	await upstream.requested( asked + 1 );
	await first.closeTab();
	upstream.release();
	await expect.poll( async () => ( await books.jobsOf( id ) )[ 0 ]?.status ).toBe( 'succeeded' );

	const second = await ProductEditor.open( await openAs( 'editor' ), id );
	await expect( second.draft ).toContainText( 'The Linen apron hangs ready.' );
	expect( upstream.requests.length ).toBe( asked + 1 );
} );
