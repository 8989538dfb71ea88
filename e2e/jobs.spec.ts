import { expectAccessible } from './support/accessibility.ts';
import { expect, test } from './support/fixtures.ts';
import { askRest, jobFor } from './support/rest.ts';
import { screenshot, screenshotEverywhere, screenshotRightToLeft } from './support/screenshot.ts';

const NEXT_SWEEP_MS = 180_000;
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

test( 'On a small screen an administrator asks for many jobs again, stops midway, and goes on with the rest', async ( { openAs, running } ) => {
	const { site, books } = running;
	const id = await books.newProduct( { title: 'Tin bucket' } );
	const page = await openAs( 'admin' );
	await site.stopGateway();
	try {
		for ( const name of [ 'Tin bucket, small', 'Tin bucket, middle', 'Tin bucket, large', 'Tin bucket, huge' ] ) {
			const { uuid } = await ( await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, name ) } ) ).json() as { uuid: string };
			await askRest( page, `/jobs/${ uuid }`, { method: 'DELETE' } );
		}
		const keys: ( string | undefined )[] = [];
		const held = { release: () => {} };
		await page.route( /\/jobs\/[^/]+\/retry/, async ( route ) => {
			keys.push( route.request().headers()[ 'idempotency-key' ] );
			if ( keys.length === 1 ) {
				await route.fulfill( { status: 503, json: { code: 'budget_unavailable', message: 'Not now.', data: { status: 503, request_id: 'the-first-one' } } } );
				return;
			}
			if ( keys.length === 2 ) {
				await new Promise< void >( ( resolve ) => {
					held.release = resolve;
				} );
			}
			await route.continue();
		} );
		await page.setViewportSize( { width: 420, height: 900 } );
		await page.goto( `${ PAGE }&post_id=${ id }` );
		await expect( page.getByRole( 'checkbox', { name: 'Tin bucket' } ) ).toHaveCount( 4 );
		await page.getByRole( 'checkbox', { name: 'Select all' } ).first().check();
		await page.locator( '.dataviews-footer' ).getByRole( 'button', { name: 'Ask again' } ).click();
		const dialog = page.getByRole( 'dialog', { name: 'Ask again' } );
		await dialog.getByRole( 'button', { name: 'Ask again' } ).click();
		await expect( dialog.getByRole( 'status' ) ).toContainText( '2 of 4' );
		await screenshot( page, 'jobs-run' );
		await dialog.getByRole( 'button', { name: 'Do no more' } ).click();
		await expect( dialog.getByRole( 'status' ) ).toContainText( 'It stops after this one.' );
		held.release();
		await expect( dialog.getByRole( 'status' ) ).toHaveText( 'Done: 1 job. 2 jobs were not begun. 1 job could not be done:' );
		await expect( dialog.getByRole( 'listitem' ) ).toContainText( 'the-first-one' );
		await expectAccessible( page, '.components-modal__frame' );
		await screenshot( page, 'jobs-run-stopped' );
		// The list behind has moved on: what was done is no longer chosen, and the reasons are still there.
		await expect( page.locator( '.dataviews-footer' ) ).toContainText( '3 Items selected' );
		expect( ( await books.jobsOf( id ) ).filter( ( { retry_of } ) => retry_of !== null ) ).toHaveLength( 1 );

		await dialog.getByRole( 'button', { name: 'Go on with the rest' } ).click();
		await expect( dialog ).toBeHidden();
		await expect( page.locator( '.components-snackbar' ) ).toHaveText( 'Done: 3 jobs.' );
		await expect( page.getByRole( 'region', { name: 'Jobs', exact: true } ) ).toBeFocused();
		await expect( page.locator( '.dataviews-footer' ) ).not.toContainText( 'selected' );
		const retried = ( await books.jobsOf( id ) ).flatMap( ( { retry_of } ) => retry_of ?? [] );
		expect( new Set( retried ).size ).toBe( 4 );
		expect( retried ).toHaveLength( 4 );
		// What failed went again under its own key.
		expect( keys[ 2 ] ).toBe( keys[ 0 ] );
	} finally {
		await site.startGateway();
	}
} );

test( 'The list is narrowed down in the address, and who may not see the books has no page of jobs', async ( { openAs } ) => {
	const page = await openAs( 'accountant' );
	await page.goto( PAGE );
	await page.getByRole( 'button', { name: 'Status', exact: true } ).first().click();
	await page.getByRole( 'option', { name: 'Failed' } ).click();
	await page.keyboard.press( 'Escape' );
	await expect( page ).toHaveURL( /status=failed/ );
	await page.getByRole( 'button', { name: 'Date', exact: true } ).first().click();
	await page.getByRole( 'button', { name: 'Last 7 days' } ).click();
	await expect( page ).toHaveURL( /from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d/ );
	await page.goto( `${ PAGE }&from=2001-01-01&to=2001-01-02` );
	await expect( page.getByText( 'No job fits these filters.' ) ).toBeVisible();
	const author = await openAs( 'author' );
	expect( ( await author.request.get( PAGE ) ).status() ).toBe( 403 );
} );
