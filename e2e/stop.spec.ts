import { expect, HELD_MODEL, test } from './support/fixtures.ts';
import { ProductEditor } from './support/product-editor.ts';

test( 'Stop ends the job and the provider\'s call, and the next try works', async ( { openAs, running } ) => {
	const { site, books, upstream } = running;
	const id = await books.newProduct( { title: 'Felt slippers' } );
	await site.stopGateway();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	const asked = upstream.requests.length;
	upstream.hold();
	try {
		const editor = await ProductEditor.open( await openAs( 'editor' ), id );
		await editor.insertBlock();
		await editor.generate();
		await upstream.requested( asked + 1 );
		await editor.button( 'Stop' ).click();
		await upstream.requests[ asked ]?.abandoned;
		await expect( editor.block.getByText( 'Stopped. Nothing was changed.' ).first() ).toBeVisible();
		await expect.poll( async () => {
			await books.sweep();
			return ( await books.jobsOf( id ) ).map( ( { status, cancel_pending } ) => ( { status, cancel_pending } ) );
		} ).toEqual( [ { status: 'canceled', cancel_pending: '0' } ] );
		await expect.poll( async () => ( await books.attemptsOf( id ) ).map( ( { status } ) => status ) ).toEqual( [ 'canceled' ] );

		upstream.respondWith( () => ( { text: '<p>The Felt slippers are warm.</p>' } ) );
		upstream.release();
		await editor.generate();
		await expect( editor.draft ).toContainText( 'The Felt slippers are warm.' );
		expect( ( await books.jobsOf( id ) ).map( ( { status } ) => status ) ).toEqual( [ 'canceled', 'succeeded' ] );
	} finally {
		upstream.release();
		upstream.respondWith( null );
		await site.stopGateway();
		await site.startGateway();
	}
} );
