import { expect, it, onTestFinished } from 'vitest';
import { silentMeter, type Meter } from '../src/observability/meter.ts';
import { unknownUsage } from '../src/providers/text-provider.ts';
import { startApiWorld } from './api-world.ts';

type Answered = Parameters< Meter[ 'requestAnswered' ] >[ 0 ];

it( 'counts for a streamed chat the time until it begins: how long it lasts is the length of a text', async () => {
	let tell = ( _answered: Answered ) => {};
	const told = new Promise< Answered >( ( resolve ) => ( tell = resolve ) );
	const world = await startApiWorld( {}, { meter: { ...silentMeter, requestAnswered: ( answered ) => tell( answered ) } } );
	onTestFinished( () => world.stop() );
	let goOn = () => {};
	const hasBegun = new Promise< void >( ( resolve ) => ( goOn = resolve ) );
	world.gateway.useProvider( {
		missing: () => null,
		generate: ( request ) => world.provider.generate( request ),
		embed: ( request ) => world.provider.embed( request ),
		async call( { onPart } ) {
			await onPart?.( { type: 'text-start', id: '0' } );
			await onPart?.( { type: 'text-delta', id: '0', delta: 'A chair' } );
			await hasBegun;
			return { content: [ { type: 'text', text: 'A chair' } ], finish_reason: 'stop', usage: unknownUsage, sample: false };
		},
	} );
	const key = await world.addKey();
	const startedAt = performance.now();
	const answer = await fetch( `${ world.url }/v1/chat/completions`, {
		method: 'POST', headers: { authorization: `Bearer ${ key }`, 'content-type': 'application/json' },
		body: JSON.stringify( { model: 'sample', stream: true, messages: [ { role: 'user', content: 'Write.' } ] } ),
	} );
	const begunAfter = performance.now() - startedAt;
	while ( performance.now() - startedAt < 2 * begunAfter ) {
		// The server measures by the process's own clock, so some of its time has to pass.
	}
	goOn();
	expect( await answer.text() ).toContain( '[DONE]' );
	const answered = await told;
	expect( answered ).toMatchObject( { method: 'POST', route: '/v1/chat/completions', status: 200 } );
	expect( answered.seconds ).toBeGreaterThan( 0 );
	expect( answered.seconds * 1_000 ).toBeLessThan( begunAfter );
} );
