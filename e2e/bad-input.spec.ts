import { expect, test } from './support/fixtures.ts';
import { type Asked, askRest, jobFor } from './support/rest.ts';

const BODY_LIMIT = 256 * 1024;
/** Each reaches PHP as any program of the world might send it. */
const bad: { what: string; asked: ( postId: number ) => Asked; status: number; code: string }[] = [
	{ what: 'broken JSON', asked: () => ( { raw: '{"task":' } ), status: 400, code: 'malformed_json' },
	{ what: 'an unknown task', asked: ( id ) => ( { body: jobFor( id, 'A', { task: 'poem' } ) } ), status: 400, code: 'unknown_task' },
	{ what: 'an unknown key', asked: ( id ) => ( { body: jobFor( id, 'A', { surprise: 1 } ) } ), status: 400, code: 'invalid_body' },
	{ what: 'a number as text', asked: ( id ) => ( { body: jobFor( undefined, 'A', { post_id: String( id ) } ) } ), status: 400, code: 'invalid_body' },
	{ what: 'a body that is too large', asked: ( id ) => ( { body: jobFor( id, 'A', { client_ref: 'x'.repeat( BODY_LIMIT ) } ) } ), status: 413, code: 'body_too_large' },
	{ what: 'a key of control characters', asked: ( id ) => ( { body: jobFor( id, 'A' ), headers: { 'Idempotency-Key': 'a b' } } ), status: 400, code: 'invalid_idempotency_key' },
];

for ( const { what, asked, status, code } of bad ) {
	test( `A request with ${ what } gets its coded error and changes nothing`, async ( { openAs, running } ) => {
		const id = await running.books.newProduct( { title: 'Plain stool' } );
		const answer = await askRest( await openAs( 'editor' ), '/jobs', { method: 'POST', ...asked( id ) } );
		expect( { status: answer.status(), body: await answer.json() } ).toMatchObject( { status, body: { code } } );
		expect( await running.books.jobsOf( id ) ).toEqual( [] );
	} );
}

test( 'The same key again is the same job, and with another body it is refused', async ( { openAs, running } ) => {
	const id = await running.books.newProduct( { title: 'Tin drum' } );
	const page = await openAs( 'editor' );
	const headers = { 'Idempotency-Key': 'one-click' };
	const first = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Tin drum' ), headers } );
	const again = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Tin drum' ), headers } );
	const other = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Copper drum' ), headers } );
	expect( [ first.status(), again.status(), other.status() ] ).toEqual( [ 201, 200, 422 ] );
	expect( again.headers()[ 'idempotency-replayed' ] ).toBe( 'true' );
	expect( ( await again.json() as { uuid: string } ).uuid ).toBe( ( await first.json() as { uuid: string } ).uuid );
	expect( await other.json() ).toMatchObject( { code: 'idempotency_key_reused' } );
	expect( await running.books.jobsOf( id ) ).toHaveLength( 1 );
} );
