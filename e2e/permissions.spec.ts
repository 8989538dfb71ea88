import { expect, test } from './support/fixtures.ts';
import { askRest, jobFor } from './support/rest.ts';

test( 'An author who names another person\'s private product is told that there is none, and no row is written', async ( { openAs, running } ) => {
	const { books } = running;
	const id = await books.newProduct( { title: 'Secret prototype', status: 'private' } );
	const page = await openAs( 'author' );
	const answer = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Guess' ) } );
	expect( answer.status() ).toBe( 404 );
	expect( await answer.json() ).toMatchObject( { code: 'post_not_found' } );
	const list = await askRest( page, `/jobs?open_for=${ id }` );
	expect( await list.text() ).not.toContain( 'Secret prototype' );
	expect( await books.jobsOf( id ) ).toEqual( [] );
} );

test( 'A viewer of usage sees what was done and what it cost, but no text', async ( { openAs, running } ) => {
	const { books } = running;
	const id = await books.newProduct( { title: 'Unreleased armchair', status: 'private' } );
	const created = await askRest( await openAs( 'editor' ), '/jobs', { method: 'POST', body: jobFor( id, 'Unreleased armchair' ) } );
	const { uuid } = await created.json() as { uuid: string };
	await expect.poll( async () => ( await books.jobsOf( id ) )[ 0 ]?.status ).toBe( 'succeeded' );

	const accountant = await openAs( 'accountant' );
	const job = await askRest( accountant, `/jobs/${ uuid }` );
	expect( job.status() ).toBe( 200 );
	expect( await job.json() ).toMatchObject( { status: 'succeeded', request: null, draft: null, attempts: 1 } );
	expect( await job.text() ).not.toContain( 'armchair' );

	await accountant.goto( '/wp-admin/admin.php?page=draftkeeper' );
	await expect( accountant.getByRole( 'heading', { name: 'Usage' } ) ).toBeVisible();
	await expect( accountant.getByRole( 'table' ) ).toContainText( 'sample' );
	expect( await accountant.content() ).not.toContain( 'armchair' );
	const refused = await askRest( accountant, '/jobs', { method: 'POST', body: jobFor( undefined, 'Anything' ) } );
	expect( refused.status() ).toBe( 403 );
} );

test( 'A person without the right to the books gets neither the screen nor the numbers', async ( { openAs } ) => {
	const page = await openAs( 'author' );
	expect( ( await page.request.get( '/wp-admin/admin.php?page=draftkeeper' ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/usage' ) ).status() ).toBe( 403 );
	expect( ( await askRest( page, '/usage/export' ) ).status() ).toBe( 403 );
} );

test( 'A request without its nonce, or with a false one, is refused and leaves no row', async ( { openAs, running } ) => {
	const { books } = running;
	const id = await books.newProduct( { title: 'Paper fan' } );
	const page = await openAs( 'editor' );
	const without = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Paper fan' ), nonce: null } );
	expect( without.status() ).toBe( 401 );
	expect( await without.json() ).toMatchObject( { code: 'unauthenticated' } );
	const wrong = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Paper fan' ), nonce: '0123456789' } );
	expect( wrong.status() ).toBe( 403 );
	expect( await books.jobsOf( id ) ).toEqual( [] );
} );
