import { expectAccessible } from './support/accessibility.ts';
import { expect, test } from './support/fixtures.ts';
import { askRest, jobFor } from './support/rest.ts';
import { screenshot, screenshotEverywhere, screenshotRightToLeft } from './support/screenshot.ts';

const NEXT_SWEEP_MS = 90_000;
/** The list looks again in less. */
const REFRESH_MS = 7_000;
const PAGE = '/wp-admin/admin.php?page=draftkeeper-jobs';

test( 'An administrator sees why jobs wait, cancels several at once, and asks again for one, whose row moves on by itself', async ( { openAs, running } ) => {
	const { site, books } = running;
	const id = await books.newProduct( { title: 'Copper kettle' } );
	const editor = await openAs( 'editor' );
	await askRest( editor, '/jobs', { method: 'POST', body: jobFor( id, 'Copper kettle' ) } );
	await expect.poll( async () => ( await books.jobsOf( id ) )[ 0 ]?.status ).toBe( 'succeeded' );
	await site.stopGateway();
	const page = await openAs( 'admin' );
	try {
		for ( const name of [ 'Copper kettle, large', 'Copper kettle, small' ] ) {
			await askRest( editor, '/jobs', { method: 'POST', body: jobFor( id, name ) } );
		}
		await page.goto( `${ PAGE }&post_id=${ id }` );
		await expect( page.getByRole( 'heading', { name: 'Jobs', level: 1 } ) ).toBeVisible();
		const table = page.getByRole( 'table' );
		const waiting = table.getByRole( 'row' ).filter( { hasText: 'Waiting' } );
		await expect( waiting ).toHaveCount( 2 );
		await expect( waiting.filter( { hasText: 'cannot be reached' } ).first() ).toBeVisible();
		await expect( table.getByRole( 'link', { name: 'Copper kettle' } ).first() ).toBeVisible();
		await expectAccessible( page, '#draftkeeper-admin' );
		await screenshotEverywhere( page, 'jobs' );
		await screenshotRightToLeft( page, 'jobs' );

		for ( const index of [ 0, 1 ] ) {
			await waiting.nth( index ).getByRole( 'checkbox' ).check();
		}
		await page.locator( '.dataviews-footer' ).getByRole( 'button', { name: 'Stop', exact: true } ).click();
		const dialog = page.getByRole( 'dialog' );
		await expect( dialog ).toContainText( '2 jobs.' );
		await screenshot( page, 'jobs-stop' );
		await dialog.getByRole( 'button', { name: 'Stop these jobs' } ).click();
		await expect( dialog ).toBeHidden();
		await expect( table.getByRole( 'row' ).filter( { hasText: 'Canceled' } ) ).toHaveCount( 2 );
	} finally {
		await site.startGateway();
	}

	const canceled = page.getByRole( 'row' ).filter( { hasText: 'Canceled' } ).first();
	await canceled.getByRole( 'button', { name: 'Actions' } ).click();
	await page.getByRole( 'menuitem', { name: 'Details' } ).click();
	const details = page.getByRole( 'dialog', { name: 'Job' } );
	await expect( details.getByRole( 'button', { name: 'Copy request ID' } ) ).toBeVisible();
	await expect( details ).toContainText( 'Stopped. Nothing was changed.' );
	await expectAccessible( page, '.components-modal__frame' );
	await screenshot( page, 'jobs-details' );
	await page.keyboard.press( 'Escape' );

	await canceled.getByRole( 'button', { name: 'Actions' } ).click();
	await page.getByRole( 'menuitem', { name: 'Ask again' } ).click();
	await page.getByRole( 'dialog' ).getByRole( 'button', { name: 'Ask again' } ).click();
	// After an outage offers are left to the sweep for a while.
	await expect( async () => {
		await books.sweep();
		await expect( page.getByRole( 'row' ).filter( { hasText: 'Succeeded' } ) ).toHaveCount( 2, { timeout: REFRESH_MS } );
	} ).toPass( { timeout: NEXT_SWEEP_MS } );
	expect( ( await books.jobsOf( id ) ).at( -1 )?.retry_of ).not.toBeNull();
} );

test( 'The list is narrowed down in the address, and who may not see the books has no page of jobs', async ( { openAs } ) => {
	const page = await openAs( 'accountant' );
	await page.goto( PAGE );
	await page.getByRole( 'button', { name: 'Status', exact: true } ).first().click();
	await page.getByRole( 'option', { name: 'Failed' } ).click();
	await page.keyboard.press( 'Escape' );
	await expect( page ).toHaveURL( /status=failed/ );
	await page.goto( `${ PAGE }&from=2001-01-01&to=2001-01-02` );
	await expect( page.getByText( 'No job fits these filters.' ) ).toBeVisible();
	const author = await openAs( 'author' );
	expect( ( await author.request.get( PAGE ) ).status() ).toBe( 403 );
} );
