import type { Page } from '@playwright/test';
import { expectAccessible } from './support/accessibility.ts';
import { expect, test } from './support/fixtures.ts';
import { BLOCK, ProductEditor } from './support/product-editor.ts';
import { screenshot } from './support/screenshot.ts';

const EVENTS = /\/v1\/jobs\/[0-9a-f-]{36}\/events$/;
const CANVAS = 'iframe[name="editor-canvas"]';

/** Keeps everything that the draft's region ever shows; the texts so far come from the returned function. */
async function recordLiveText( page: Page ): Promise< () => Promise< string[] > > {
	const canvas = page.frame( { name: 'editor-canvas' } );
	await canvas?.evaluate( `
		window.shown = [];
		new MutationObserver( () => {
			const text = document.querySelector( '.draftkeeper-live' )?.textContent;
			if ( text && text !== window.shown.at( -1 ) ) {
				window.shown.push( text );
			}
		} ).observe( document.body, { subtree: true, childList: true, characterData: true } );
	` );
	return async () => await canvas?.evaluate( 'window.shown' ) as string[];
}

const credentialsOf = ( page: Page ) => {
	const asked: string[] = [];
	page.on( 'request', ( request ) => {
		if ( request.method() === 'GET' && EVENTS.test( request.url() ) ) {
			asked.push( request.url() );
		}
	} );
	return asked;
};

test( 'The draft is seen growing, word for word, and then stands there to be reviewed', async ( { openAs, running } ) => {
	const product = running.products.find( ( { status, title } ) => status === 'publish' && /oak|table|desk/i.test( title ) ) ?? running.products[ 0 ]!;
	const editor = await ProductEditor.open( await openAs( 'editor' ), product.id );
	const asked = credentialsOf( editor.page );
	await editor.insertBlock();
	await editor.block.getByRole( 'spinbutton', { name: 'Length in words' } ).fill( '300' );
	const texts = await recordLiveText( editor.page );
	await editor.generate();
	const region = editor.block.getByRole( 'region', { name: 'Draft that is being written' } );
	await expect( region ).toContainText( product.title );
	const stop = await editor.button( 'Stop' ).boundingBox();
	await screenshot( editor.page, 'live' );
	if ( await region.isVisible() ) {
		expect( await editor.button( 'Stop' ).boundingBox().catch( () => stop ) ).toEqual( stop );
	}
	await expect( editor.suggestion ).toBeVisible();

	const shown = await texts();
	expect( shown.length ).toBeGreaterThan( 3 );
	shown.slice( 1 ).forEach( ( text, index ) => expect( text.startsWith( shown[ index ] ?? '' ) ).toBe( true ) );
	expect( shown.join( '' ) ).not.toMatch( /[<>]/ );
	const words = ( text: string ) => text.replaceAll( /[\s•]+/g, '' );
	expect( words( await editor.draft.innerText() ) ).toBe( words( shown.at( -1 ) ?? '' ) );
	expect( asked ).toHaveLength( 1 );
	expect( asked[ 0 ] ).not.toMatch( /[?#]/ );
	await expectAccessible( editor.page, [ CANVAS, `[data-type="${ BLOCK }"]` ] );
} );

test( 'Where the stream is cut off, kept back or forbidden, the draft comes all the same and nobody is told', async ( { openAs, running } ) => {
	const page = await openAs( 'editor' );
	for ( const [ what, spoil ] of [
		[ 'cut off', ( route ) => route.abort( 'connectionreset' ) ],
		[ 'kept back', () => undefined ],
		[ 'answered by another program', ( route ) => route.fulfill( { status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>', headers: { 'access-control-allow-origin': '*' } } ) ],
	] satisfies [ string, ( route: { abort: ( code: string ) => Promise< void >; fulfill: ( answer: object ) => Promise< void > } ) => unknown ][] ) {
		await test.step( what, async () => {
			const id = await running.books.newProduct( { title: `Linen shirt, ${ what }` } );
			const editor = await ProductEditor.open( page, id );
			await page.route( EVENTS, ( route ) => void spoil( route ) );
			await editor.insertBlock();
			await editor.generate();
			await expect( editor.suggestion ).toBeVisible();
			await expect( editor.draft ).toContainText( 'Linen shirt' );
			await expect( editor.block.getByRole( 'alert' ) ).toHaveCount( 0 );
			expect( ( await running.books.jobsOf( id ) ).map( ( { status } ) => status ) ).toEqual( [ 'succeeded' ] );
			await page.unrouteAll( { behavior: 'ignoreErrors' } );
			await page.evaluate( 'window.onbeforeunload = null' );
		} );
	}
} );

test( 'Without a stream, by the choice of the site, the gateway is not asked', async ( { openAs, running } ) => {
	await running.site.runPhp( 'update_option( \'draftkeeper_streaming\', \'off\' );' );
	try {
		const id = await running.books.newProduct( { title: 'Brass door knob' } );
		const editor = await ProductEditor.open( await openAs( 'editor' ), id );
		const asked = credentialsOf( editor.page );
		await editor.insertBlock();
		await editor.generate();
		await expect( editor.draft ).toContainText( 'Brass door knob' );
		expect( asked ).toEqual( [] );
	} finally {
		await running.site.runPhp( 'delete_option( \'draftkeeper_streaming\' );' );
	}
} );
