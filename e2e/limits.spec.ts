import type { Page } from '@playwright/test';
import { expectAccessible } from './support/accessibility.ts';
import { expect, test } from './support/fixtures.ts';
import { ProductEditor } from './support/product-editor.ts';
import { askRest, jobFor } from './support/rest.ts';
import { screenshot, screenshotEverywhere, screenshotRightToLeft } from './support/screenshot.ts';

const PAGE = '/wp-admin/admin.php?page=draftkeeper-limits';
const DEFAULTS = { job_limit: { max_jobs: 60, window_seconds: 600 }, warn_percent: 80, budgets: [] };

/** As they were, for the specs that follow. */
const reset = async ( page: Page ) => expect( ( await askRest( page, '/limits', { method: 'PUT', body: DEFAULTS } ) ).status() ).toBe( 200 );

test( 'An administrator sets a budget, an author sees it being used up and is stopped with the time when it opens', async ( { openAs, running } ) => {
	const id = await running.books.newProduct( { title: 'Wicker basket', author: 'author' } );
	const page = await openAs( 'admin' );
	try {
		await page.goto( PAGE );
		await expect( page.getByText( /There is no budget/ ) ).toBeVisible();
		await page.getByRole( 'button', { name: 'Add a budget' } ).click();
		const budget = page.getByRole( 'group', { name: 'Budget 1' } );
		await expect( budget.getByLabel( 'For', { exact: true } ) ).toBeFocused();
		await budget.getByLabel( 'For', { exact: true } ).selectOption( 'One user' );
		await budget.getByRole( 'combobox', { name: 'User' } ).fill( 'auth' );
		await page.getByRole( 'option', { name: 'Author' } ).click();
		await budget.getByLabel( 'Drafts' ).fill( '2' );
		await budget.getByLabel( 'US dollars' ).fill( '1,000' );
		await page.getByRole( 'button', { name: 'Save changes' } ).click();
		await expect( budget.getByLabel( 'US dollars' ) ).toBeFocused();
		await expect( budget.getByLabel( 'US dollars' ) ).toHaveAccessibleDescription( /without thousands separators/ );
		await budget.getByLabel( 'US dollars' ).fill( '12.5' );
		await page.getByLabel( 'Warn from (percent)' ).fill( '50' );
		await page.getByRole( 'button', { name: 'Save changes' } ).click();
		await expect( page.getByText( 'Saved.', { exact: true } ) ).toBeVisible();
		await expect( budget.getByText( '0 of 2 drafts used' ) ).toBeVisible();
		await expectAccessible( page, '#draftkeeper-admin' );
		await screenshotEverywhere( page, 'limits' );
		await screenshotRightToLeft( page, 'limits' );

		const author = await openAs( 'author' );
		const own = () => author.goto( '/wp-admin/admin.php?page=draftkeeper-mine' );
		await own();
		await expect( author.getByRole( 'heading', { name: 'My limits', level: 1 } ) ).toBeVisible();
		await expect( author.getByText( '0 of 2 drafts used' ) ).toBeVisible();
		await expect( author.getByText( '$0.00 of $12.50 used' ) ).toBeVisible();
		await askRest( author, '/jobs', { method: 'POST', body: jobFor( id, 'Wicker basket' ) } );
		await own();
		await expect( author.getByText( /Nearly used up/ ) ).toBeVisible();

		await test.step( 'in the editor nothing is asked before the block is used, then it warns, then it stops', async () => {
			const asked: string[] = [];
			author.on( 'request', ( request ) => request.url().includes( 'limits/mine' ) && asked.push( request.url() ) );
			const editor = await ProductEditor.open( author, id );
			expect( asked ).toEqual( [] );
			await editor.insertBlock();
			await expect( editor.block.getByText( /A budget is nearly used up/ ).first() ).toBeVisible();
			await screenshot( author, 'my-limits-warning' );
			await askRest( author, '/jobs', { method: 'POST', body: jobFor( id, 'Wicker basket, large' ) } );
			await editor.generate();
			await expect( editor.block.getByText( /A budget is used up/ ).first() ).toBeVisible();
			await expect( editor.button( 'Generate' ) ).toHaveAccessibleDescription( /whole again at/ );
			await screenshot( author, 'my-limits-stop' );
		} );

		await own();
		await expect( author.getByText( /A budget is used up/ ).first() ).toBeVisible();
		await expectAccessible( author, '#draftkeeper-admin' );
		await screenshotEverywhere( author, 'my-limits' );
		await screenshotRightToLeft( author, 'my-limits' );
	} finally {
		await reset( page );
	}
} );

test( 'A person without the right to set limits gets neither the page nor the settings, and still sees the own ones', async ( { openAs } ) => {
	const page = await openAs( 'editor' );
	expect( ( await page.request.get( PAGE ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/limits' ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/limits/users' ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/limits/mine' ) ).status() ).toBe( 200 );
	await page.goto( '/wp-admin/' );
	await page.getByRole( 'link', { name: 'Draftkeeper' } ).first().click();
	await expect( page.getByText( 'You can ask for a draft now.' ).first() ).toBeVisible();
} );
