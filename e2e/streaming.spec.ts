import type { Page } from '@playwright/test';
import { expectAccessible } from './support/accessibility.ts';
import { expect, HELD_MODEL, test } from './support/fixtures.ts';
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
	const { site, books, upstream } = running;
	const id = await books.newProduct( { title: 'Oak desk' } );
	// It goes on when what has come so far has been seen.
	let [ goOn, isSeen ] = [ () => {}, false ];
	upstream.respondWith( () => ( {
		text: `<p>The Oak desk stands well.</p><ul><li>${ 'It is made of wood and has room for all that one writes.</li><li>'.repeat( 6 ) }It lasts.</li></ul>`,
		pieceBytes: 2_000,
		between: () => new Promise( ( resolve ) => isSeen ? resolve() : void ( goOn = resolve ) ),
	} ) );
	await site.stopGateway();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	try {
		const editor = await ProductEditor.open( await openAs( 'editor' ), id );
		const asked = credentialsOf( editor.page );
		await editor.insertBlock();
		const texts = await recordLiveText( editor.page );
		await editor.generate();
		await expect( editor.block.getByRole( 'region', { name: 'Draft that is being written' } ) ).toContainText( 'The Oak desk' );
		const stop = await editor.button( 'Stop' ).boundingBox();
		let seen = 0;
		await expect.poll( async () => {
			const { length } = await texts();
			if ( length > seen ) {
				seen = length;
				goOn();
			}
			return length;
		} ).toBeGreaterThan( 3 );
		await screenshot( editor.page, 'live' );
		expect( await editor.button( 'Stop' ).boundingBox() ).toEqual( stop );
		isSeen = true;
		goOn();
		await expect( editor.suggestion ).toBeVisible();

		const shown = await texts();
		shown.slice( 1 ).forEach( ( text, index ) => expect( text.startsWith( shown[ index ] ?? '' ) ).toBe( true ) );
		expect( shown.join( '' ) ).not.toMatch( /[<>]/ );
		const words = ( text: string ) => text.replaceAll( /[\s•]+/g, '' );
		expect( words( await editor.draft.innerText() ) ).toBe( words( shown.at( -1 ) ?? '' ) );
		expect( asked ).toHaveLength( 1 );
		expect( asked[ 0 ] ).not.toMatch( /[?#]/ );
		await expectAccessible( editor.page, [ CANVAS, `[data-type="${ BLOCK }"]` ] );
	} finally {
		isSeen = true;
		goOn();
		upstream.respondWith( null );
		await site.stopGateway();
		await site.startGateway();
	}
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
