import { expect, test } from './support/fixtures.ts';
import { ProductEditor } from './support/product-editor.ts';
import { screenshot } from './support/screenshot.ts';

test( 'Who reads German finds the screens, their tables and the block in German', async ( { openAs, running } ) => {
	const { site, books } = running;
	const id = await books.newProduct( { title: 'Wanduhr' } );
	const speak = ( locale: string ) => site.runPhp( `update_user_meta( get_user_by( 'login', 'admin' )->ID, 'locale', '${ locale }' );` );
	await speak( 'de_DE' );
	try {
		const page = await openAs( 'admin' );
		await page.goto( '/wp-admin/admin.php?page=draftkeeper-settings' );
		await expect( page.getByRole( 'heading', { name: 'Einstellungen', level: 1 } ) ).toBeVisible();
		await expect( page.getByRole( 'button', { name: 'Änderungen speichern' } ) ).toBeVisible();
		await expect( page.locator( '#adminmenu' ).getByRole( 'link', { name: 'Meine Grenzen' } ) ).toBeAttached();
		await page.getByRole( 'button', { name: 'Verbindung testen' } ).click();
		await expect( page.getByText( 'Das Gateway von Draftkeeper antwortet' ) ).toBeVisible();
		await screenshot( page, 'german-settings' );

		await page.goto( '/wp-admin/admin.php?page=draftkeeper-jobs' );
		await expect( page.getByRole( 'heading', { name: 'Aufträge', level: 1 } ) ).toBeVisible();
		await expect( page.getByRole( 'button', { name: 'Ansichtsoptionen' } ) ).toBeVisible();
		await screenshot( page, 'german-jobs' );

		const editor = await ProductEditor.open( page, id );
		await editor.insertBlock( 'Produktbeschreibung', 'Erzeugen' );
		await expect( editor.block ).toContainText( 'Produktbeschreibung' );
		await screenshot( page, 'german-block' );
	} finally {
		await speak( '' );
	}
} );
