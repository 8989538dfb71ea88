import { expectAccessible } from './support/accessibility.ts';
import { expect, HELD_MODEL, test } from './support/fixtures.ts';
import { askRest, jobFor } from './support/rest.ts';
import { screenshot, screenshotEverywhere, screenshotRightToLeft } from './support/screenshot.ts';

type Totals = { attempts: number; succeeded: number; failed: number; tokens_out: number };
type List = { items: { job_uuid: string; status: string; user: { id: number; name: string } }[]; totals: Totals; next_cursor: string | null };

test( 'An administrator filters the log by user, outcome and date; totals and CSV are exactly what is shown', async ( { openAs, running } ) => {
	const { site, books, upstream } = running;
	const id = await books.newProduct( { title: 'Steel thermos' } );
	const [ editor, colleague ] = [ await openAs( 'editor' ), await openAs( 'colleague' ) ];
	await askRest( editor, '/jobs', { method: 'POST', body: jobFor( id, 'Steel thermos' ) } );
	await askRest( colleague, '/jobs', { method: 'POST', body: jobFor( id, 'Thermos, =1+1' ) } );
	await expect.poll( async () => ( await books.jobsOf( id ) ).map( ( { status } ) => status ) ).toEqual( [ 'succeeded', 'succeeded' ] );
	await site.stopGateway();
	await site.startGateway( { defaultModel: HELD_MODEL } );
	upstream.respondWith( () => ( { status: 400, raw: { error: { message: 'no', type: 'invalid_request_error', code: null } } } ) );
	try {
		await askRest( colleague, '/jobs', { method: 'POST', body: jobFor( id, 'Refused thermos' ) } );
		await expect.poll( async () => ( await books.jobsOf( id ) )[ 2 ]?.status ).toBe( 'failed' );
	} finally {
		upstream.respondWith( null );
		await site.stopGateway();
		await site.startGateway();
	}

	const page = await openAs( 'admin' );
	await page.goto( '/wp-admin/admin.php?page=draftkeeper' );
	await expect( page.getByRole( 'heading', { name: 'Usage', level: 1 } ) ).toBeVisible();
	await expect( page.getByRole( 'table' ).getByRole( 'row' ).filter( { hasText: 'Steel thermos' } ).first() ).toBeVisible();
	await screenshot( page, 'usage' );
	await expectAccessible( page, '#draftkeeper-admin' );

	await test.step( 'by user', async () => {
		await page.getByRole( 'button', { name: 'User', exact: true } ).first().click();
		await page.getByRole( 'option', { name: 'Colleague' } ).click();
		await page.keyboard.press( 'Escape' );
		await expect( page ).toHaveURL( /user_id=\d+/ );
		await expect( page.getByRole( 'table' ).getByRole( 'row' ).filter( { hasText: 'Editor' } ) ).toHaveCount( 0 );
	} );

	await test.step( 'and by outcome', async () => {
		await page.getByRole( 'button', { name: 'Outcome', exact: true } ).first().click();
		await page.getByRole( 'option', { name: 'Failed' } ).click();
		await page.keyboard.press( 'Escape' );
		await expect( page ).toHaveURL( /status=failed/ );
	} );

	const filter = new URL( page.url() ).searchParams;
	const asked = new URLSearchParams( { user_id: filter.get( 'user_id' ) ?? '', status: filter.get( 'status' ) ?? '' } );
	const shown = await ( await askRest( page, `/usage?${ asked }` ) ).json() as List;
	const count = shown.totals.attempts;
	expect( shown.totals ).toMatchObject( { failed: count, succeeded: 0 } );
	expect( count ).toBeGreaterThan( 0 );
	await expect( page.getByRole( 'table' ).getByRole( 'row' ) ).toHaveCount( count + 1 );
	await screenshot( page, 'usage-filtered' );

	await test.step( 'the CSV holds the filtered rows and no others', async () => {
		const download = page.waitForEvent( 'download' );
		await page.getByRole( 'link', { name: 'Export CSV' } ).click();
		const csv = await readAll( await ( await download ).createReadStream() );
		const [ header, ...lines ] = csv.replace( /^\uFEFF/, '' ).trim().split( /\r?\n/ );
		expect( header ).toContain( 'request_id' );
		expect( lines ).toHaveLength( count );
		for ( const { job_uuid } of shown.items ) {
			expect( lines.filter( ( line ) => line.includes( job_uuid ) ).length ).toBeGreaterThan( 0 );
		}
		expect( lines.every( ( line ) => line.includes( 'failed' ) && line.includes( 'Colleague' ) ) ).toBe( true );
	} );

	await test.step( 'a day without calls is empty, and says so', async () => {
		await page.goto( '/wp-admin/admin.php?page=draftkeeper&from=2001-01-01&to=2001-01-02' );
		await expect( page.getByText( 'No call fits these filters.' ) ).toBeVisible();
	} );
} );

test( 'Many calls are paged through to the last one, by time and by cost, and the way starts anew with another filter', async ( { openAs, running } ) => {
	const { books } = running;
	await books.addCallsOf2020( await books.newProduct( { title: 'Much described thermos' } ), 45 );
	const page = await openAs( 'admin' );
	await page.goto( '/wp-admin/admin.php?page=draftkeeper&from=2020-01-01&to=2020-12-31' );
	const rows = page.getByRole( 'table' ).getByRole( 'row' ).filter( { hasText: 'Much described thermos' } );
	const to = ( name: string ) => page.getByRole( 'button', { name, exact: true } );
	await expect( rows ).toHaveCount( 20 );
	await expect( rows.first() ).toContainText( '$0.45' );
	await expect( to( 'Previous page' ) ).toBeDisabled();

	await test.step( 'to the end and back', async () => {
		await to( 'Next page' ).click();
		await expect( page.getByText( 'Page 2', { exact: true } ) ).toBeVisible();
		await expect( rows.first() ).toContainText( '$0.25' );
		await screenshotEverywhere( page, 'usage-pages' );
		await screenshotRightToLeft( page, 'usage-pages' );
		await expectAccessible( page, '#draftkeeper-admin' );
		await to( 'Next page' ).click();
		await expect( rows ).toHaveCount( 5 );
		await expect( to( 'Next page' ) ).toBeDisabled();
		// What all of them come to stands over every page.
		await expect( page.getByText( '45 succeeded, 0 failed, 0 canceled' ) ).toBeVisible();
		await to( 'First page' ).click();
		await expect( rows.first() ).toContainText( '$0.45' );
	} );

	await test.step( 'one call in full, and a column more, which stays', async () => {
		await rows.first().getByRole( 'button', { name: 'Actions' } ).click();
		await page.getByRole( 'menuitem', { name: 'Details' } ).click();
		const details = page.getByRole( 'dialog', { name: 'Call' } );
		await expect( details ).toContainText( '2020-02-15' );
		await expect( details.getByRole( 'button', { name: 'Copy request ID' } ) ).toBeVisible();
		await screenshot( page, 'usage-details' );
		await page.keyboard.press( 'Escape' );
		await page.getByRole( 'button', { name: 'View options' } ).click();
		await page.locator( '.dataviews-view-config__properties' ).getByText( 'Request ID', { exact: true } ).click();
		await page.keyboard.press( 'Escape' );
		await expect( page.getByRole( 'columnheader', { name: 'Request ID' } ) ).toBeVisible();
		await page.reload();
		await expect( page.getByRole( 'columnheader', { name: 'Request ID' } ) ).toBeVisible();
	} );

	await test.step( 'the cheapest first', async () => {
		await page.getByRole( 'button', { name: 'Cost', exact: true } ).click();
		await page.getByRole( 'menuitemradio', { name: 'Sort ascending' } ).click();
		await expect( page ).toHaveURL( /orderby=cost_micros&order=asc/ );
		await page.keyboard.press( 'Escape' );
		await expect( rows.first() ).toContainText( '$0.01' );
		await to( 'Next page' ).click();
		await expect( rows.first() ).toContainText( '$0.21' );
	} );

	await test.step( 'those of one model, picked from a list', async () => {
		await page.getByRole( 'button', { name: 'Add filter' } ).click();
		await page.getByRole( 'menuitem', { name: 'Model' } ).click();
		await page.getByRole( 'option', { name: 'even-model' } ).click();
		await page.keyboard.press( 'Escape' );
		await expect( page ).toHaveURL( /model=even-model/ );
		await expect( page.getByText( 'Page 1', { exact: true } ) ).toBeVisible();
		await expect( rows.first() ).toContainText( '$0.02' );
		await expect( page.getByText( '22 succeeded, 0 failed, 0 canceled' ) ).toBeVisible();
	} );

	await test.step( 'more than can be sorted', async () => {
		await books.addBusyDayOf2019( 10_001 );
		await page.goto( '/wp-admin/admin.php?page=draftkeeper&from=2019-01-01&to=2019-12-31' );
		await expect( page.getByText( 'narrow the filters down' ) ).toBeVisible();
		await page.goto( '/wp-admin/admin.php?page=draftkeeper&from=2019-01-01&to=2019-12-31&orderby=cost_micros' );
		await expect( page.getByText( 'These are too many calls to sort by anything but time.' ).first() ).toBeVisible();
		await screenshot( page, 'usage-error' );
		await expectAccessible( page, '#draftkeeper-admin' );
	} );
} );

async function readAll( stream: AsyncIterable< Buffer > ): Promise< string > {
	const chunks: Buffer[] = [];
	for await ( const chunk of stream ) {
		chunks.push( chunk );
	}
	return Buffer.concat( chunks ).toString( 'utf8' );
}
