import { expect, test } from './support/fixtures.ts';
import { askRest, jobFor } from './support/rest.ts';

test( 'The same webhook twice changes nothing the second time, and a forged one nothing at all', async ( { openAs, running } ) => {
	const { books, webhooks } = running;
	const id = await books.newProduct( { title: 'Bread knife' } );
	const page = await openAs( 'editor' );
	const created = await askRest( page, '/jobs', { method: 'POST', body: jobFor( id, 'Bread knife' ) } );
	expect( created.status() ).toBe( 201 );
	const { uuid } = await created.json() as { uuid: string };
	await expect.poll( async () => ( await books.jobsOf( id ) )[ 0 ]?.status ).toBe( 'succeeded' );

	const findDelivery = () => webhooks.deliveries.find( ( { body } ) => body.includes( uuid ) );
	// The row is written before the recorder has the answer.
	await expect.poll( findDelivery, { message: 'The result comes by webhook.' } ).toBeDefined();
	const delivery = findDelivery()!;
	const before = { jobs: await books.jobsOf( id ), attempts: await books.attemptsOf( id ) };
	const answer = await webhooks.repeat( delivery );
	expect( answer.status ).toBe( 200 );
	expect( await answer.json() ).toEqual( { received: delivery.headers[ 'webhook-id' ] } );

	const forged = Buffer.from( delivery.body.toString( 'utf8' ).replace( 'Bread', 'Stale' ) );
	expect( ( await webhooks.repeat( { ...delivery, body: forged } ) ).status ).toBe( 401 );
	const stale = { ...delivery.headers, 'webhook-timestamp': '1700000000' };
	expect( ( await webhooks.repeat( { ...delivery, headers: stale } ) ).status ).toBe( 401 );

	expect( { jobs: await books.jobsOf( id ), attempts: await books.attemptsOf( id ) } ).toEqual( before );
	expect( before.attempts ).toHaveLength( 1 );
} );
