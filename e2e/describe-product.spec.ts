import { expectAccessible } from './support/accessibility.ts';
import { expect, HELD_MODEL, test } from './support/fixtures.ts';
import { BLOCK, ProductEditor } from './support/product-editor.ts';
import { readmeScreenshot, screenshot } from './support/screenshot.ts';

const CANVAS = 'iframe[name="editor-canvas"]';
const OLD_TEXT = '<!-- wp:paragraph --><p>An old text about this product, written years ago.</p><!-- /wp:paragraph -->';

test( 'An editor has a seeded product described, compares, accepts in one undo step and saves; the text outlives the plugin', async ( { openAs, running } ) => {
	const { site, books, products } = running;
	const product = products.find( ( { content, status } ) => content.includes( '<p>' ) && status === 'publish' );
	if ( product === undefined ) {
		throw new Error( 'No seeded product has a text.' );
	}
	const editor = await ProductEditor.open( await openAs( 'editor' ), product.id );
	const blocksBefore = await editor.blockNames();

	await test.step( 'the facts of the product are there without typing', async () => {
		await editor.insertBlock();
		await expect( editor.block.getByLabel( 'Product name' ) ).toHaveValue( product.title );
		await editor.block.getByRole( 'combobox', { name: 'Tone' } ).selectOption( { label: 'Friendly' } );
		await editor.block.getByRole( 'spinbutton', { name: 'Length in words' } ).fill( '90' );
		await screenshot( editor.page, 'form' );
		await expectAccessible( editor.page, [ CANVAS, `[data-type="${ BLOCK }"]` ] );
	} );

	await test.step( 'original and suggestion stand side by side, and the sample says that it is one', async () => {
		await editor.generate();
		await expect( editor.suggestion ).toBeVisible();
		await expect( editor.original ).toBeVisible();
		await expect( editor.suggestion.getByText( 'Sample text', { exact: true } ) ).toBeVisible();
		await expect( editor.draft ).toContainText( product.title );
		const [ original, suggestion ] = [ await editor.original.boundingBox(), await editor.suggestion.boundingBox() ];
		expect( ( original?.x ?? 0 ) + ( original?.width ?? 0 ) ).toBeLessThanOrEqual( suggestion?.x ?? 0 );
		await readmeScreenshot( editor.page, editor.block, 'review' );
		await expectAccessible( editor.page, [ CANVAS, `[data-type="${ BLOCK }"]` ] );
	} );

	const draft = ( await editor.draft.innerText() ).trim();
	await test.step( 'accepting puts core blocks in place of the old text', async () => {
		await editor.block.getByRole( 'radio', { name: 'Put the draft in place of the other text' } ).check();
		await editor.button( 'Accept' ).click();
		await expect( editor.block ).toHaveCount( 0 );
		expect( ( await editor.blockNames() ).every( ( name ) => name.startsWith( 'core/' ) ) ).toBe( true );
		await screenshot( editor.page, 'accepted' );
	} );

	await test.step( 'one undo brings the block and the old text back, one redo the new text', async () => {
		await editor.page.getByRole( 'button', { name: 'Undo', exact: true } ).click();
		await expect( editor.block ).toHaveCount( 1 );
		expect( await editor.blockNames() ).toEqual( [ ...blocksBefore, BLOCK ] );
		await editor.page.getByRole( 'button', { name: 'Redo', exact: true } ).click();
		await expect( editor.block ).toHaveCount( 0 );
	} );

	await test.step( 'what is saved is core blocks, and who accepted it is on record', async () => {
		await editor.save();
		const content = await books.contentOf( product.id );
		expect( content ).not.toContain( 'draftkeeper' );
		expect( content ).toContain( draft.split( '\n' )[ 0 ]?.slice( 0, 40 ) );
		const [ job ] = await books.jobsOf( product.id );
		expect( job ).toMatchObject( { status: 'succeeded', review: 'accepted' } );
		expect( job?.reviewed_by ).toBe( job?.user_id );
		expect( job?.original_text ).not.toBe( '' );
		expect( await books.attemptsOf( product.id ) ).toHaveLength( 1 );
	} );

	await test.step( 'without the plugin nothing is missing', async () => {
		await site.runPhp( 'deactivate_plugins( "draftkeeper/draftkeeper.php" );' );
		try {
			const without = await ProductEditor.open( await openAs( 'editor' ), product.id );
			expect( ( await without.blockNames() ).filter( ( name ) => name === 'core/missing' || ! name.startsWith( 'core/' ) ) ).toEqual( [] );
			await expect( without.canvas.getByText( /unexpected or invalid content|doesn’t include support/ ) ).toHaveCount( 0 );
			await expect( without.canvas.getByText( draft.split( '\n' )[ 0 ]?.slice( 0, 40 ) ?? '' ).first() ).toBeVisible();
			await screenshot( without.page, 'plugin-deactivated' );
		} finally {
			await site.runPhp( 'activate_plugin( "draftkeeper/draftkeeper.php" );' );
		}
	} );
} );

test( 'By keyboard alone an editor asks for a draft, reads it, accepts it and takes that back', async ( { openAs, running } ) => {
	const id = await running.books.newProduct( { title: 'Ash broom' } );
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await editor.block.getByLabel( 'Product name' ).focus();
	await editor.tabTo( editor.button( 'Generate' ) );
	await editor.page.keyboard.press( 'Enter' );
	await expect( editor.suggestion.getByRole( 'heading', { name: 'Suggestion' } ) ).toBeFocused();
	await editor.tabTo( editor.draft );
	await editor.tabTo( editor.button( 'Accept' ) );
	await editor.page.keyboard.press( 'Enter' );
	await expect( editor.block ).toHaveCount( 0 );
	await editor.page.keyboard.press( 'ControlOrMeta+z' );
	await expect( editor.block ).toHaveCount( 1 );
} );

test( 'A saved block that was never used disappears without a trace when the plugin does', async ( { openAs, running } ) => {
	const { site, books } = running;
	const id = await books.newProduct( { title: 'Wall hook', content: OLD_TEXT } );
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await editor.save();
	await site.runPhp( 'deactivate_plugins( "draftkeeper/draftkeeper.php" );' );
	try {
		const visible = await site.runPhp( `echo do_blocks( get_post( ${ id } )->post_content );` );
		expect( visible.trim() ).toMatch( /^<p[^>]*>An old text about this product, written years ago\.<\/p>$/ );
	} finally {
		await site.runPhp( 'activate_plugin( "draftkeeper/draftkeeper.php" );' );
	}
} );

test( 'A model is chosen in the block; what the facts do not hold is marked, and hostile markup of a provider never reaches the post', async ( { openAs, running } ) => {
	const { books, upstream } = running;
	const id = await books.newProduct( { title: 'Oak shelf' } );
	upstream.respondWith( () => ( {
		text: '<p onclick="alert(1)">The Oak shelf carries 375 kg.</p><script>document.title = "owned"</script><p>See <a href="https://evil.example/shop">our shop</a>. [gallery]</p><!-- wp:html --><b>x</b><!-- /wp:html -->',
	} ) );
	await books.refreshModels();
	try {
		const editor = await ProductEditor.open( await openAs( 'editor' ), id );
		await editor.insertBlock();
		await editor.block.getByRole( 'combobox', { name: 'Model' } ).selectOption( HELD_MODEL );
		await editor.generate();
		await expect( editor.suggestion.locator( 'mark', { hasText: '375 kg' } ).first() ).toBeVisible();
		await expect( editor.suggestion.getByText( 'not in the product facts' ) ).toBeVisible();
		await expect( editor.suggestion.getByText( 'Sample text', { exact: true } ) ).toHaveCount( 0 );
		await screenshot( editor.page, 'marks' );
		await expectAccessible( editor.page, [ CANVAS, `[data-type="${ BLOCK }"]` ] );
		await editor.button( 'Accept' ).click();
		await expect( editor.block ).toHaveCount( 0 );
		await editor.save();
		const content = await books.contentOf( id );
		expect( content ).toContain( '375 kg' );
		expect( content ).not.toMatch( /onclick|<script|<a |<mark|\[gallery\]|wp:html/ );
		expect( await books.attemptsOf( id ) ).toMatchObject( [ { status: 'succeeded', provider: 'local', model: HELD_MODEL } ] );
	} finally {
		upstream.respondWith( null );
	}
} );

test( 'A draft can be asked for anew and thrown away, and the post stays as it was', async ( { openAs, running } ) => {
	const { books } = running;
	const id = await books.newProduct( { title: 'Clay jug', content: OLD_TEXT } );
	const editor = await ProductEditor.open( await openAs( 'editor' ), id );
	await editor.insertBlock();
	await editor.generate();
	await expect( editor.suggestion ).toBeVisible();
	await editor.button( 'Regenerate' ).click();
	await expect.poll( async () => ( await books.jobsOf( id ) ).map( ( { status } ) => status ) ).toEqual( [ 'succeeded', 'succeeded' ] );
	await editor.button( 'Discard' ).click();
	await expect( editor.button( 'Generate' ) ).toBeEnabled();
	await expect( editor.block.getByText( 'Original' ) ).toHaveCount( 0 );
	await expect.poll( async () => ( await books.jobsOf( id ) ).map( ( { review } ) => review ) ).toEqual( [ 'discarded', 'discarded' ] );
	expect( await books.contentOf( id ) ).toBe( OLD_TEXT );
} );
