import { setTimeout as wait } from 'node:timers/promises';
import { type FakeOpenAi, type FakeRequest, startFakeOpenAi } from '../../gateway/test/fake-openai.ts';

const NAME = /Faulted [0-9a-f-]{36} #\d+/;

/** A provider that takes its time, writes about the product it was asked for, and counts what it would have charged. */
export type Writer = { calls: () => Map< string, number >; stop: () => Promise< void > };

export async function startWriter( port: number, callMs: number ): Promise< Writer > {
	const provider: FakeOpenAi = await startFakeOpenAi( { port } );
	provider.respondWith( async ( request ) => {
		await wait( callMs );
		return { text: `<p>${ nameIn( request ) } is made of oak.</p>` };
	} );
	return {
		calls() {
			const calls = new Map< string, number >();
			for ( const name of provider.requests.map( nameIn ) ) {
				calls.set( name, ( calls.get( name ) ?? 0 ) + 1 );
			}
			return calls;
		},
		stop: () => provider.stop(),
	};
}

function nameIn( { body }: FakeRequest ): string {
	return NAME.exec( JSON.stringify( body.messages ?? [] ) )?.[ 0 ] ?? '(no name)';
}
