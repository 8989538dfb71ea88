import { setTimeout as delay } from 'node:timers/promises';
import type { FinishedJob } from '@draftkeeper/contract';
import { startFakeOpenAi, type FakeReply } from '../../gateway/test/fake-openai.ts';
import { startFakeSite, type SiteAnswer } from '../../gateway/test/fake-site.ts';

const USAGE = { prompt_tokens: 350, completion_tokens: 180, total_tokens: 530 };
const TEXT = '<p>A small oak table from a workshop by the sea, made by hand and finished with oil.</p>'.repeat( 6 );
/**
 * Of so many first calls, and first deliveries, one goes wrong in each of the ways; never several in a row, which would close the way to the
 * provider. The second ones go well, so that nothing waits for long.
 */
const ONE_OF = 7;

const wrongCalls: readonly FakeReply[] = [
	{ status: 500, raw: 'out of order' }, { reset: 'mid-body', text: TEXT }, { raw: '<html>Sorry!</html>' }, { status: 429, headers: { 'retry-after': '1' }, raw: {} },
];

const deafAnswers: readonly SiteAnswer[] = [ { status: 500, body: 'maintenance' }, { reset: true }, { body: '<html>cached</html>' } ];

/** Which way a count goes wrong; -1 where all is well. */
const turnOf = ( count: number, ways: number ) => ( count % ONE_OF === 0 ? ( count / ONE_OF ) % ways : -1 );

/** A provider and a site as they are on a bad day, and what they have seen. */
export async function startWeather( secret: () => string ) {
	const calls = new Map< string, number >();
	const applied = new Map< string, FinishedJob >();
	const ends = new Map< string, number >();
	const tried = new Set< string >();
	const provider = await startFakeOpenAi();
	const site = await startFakeSite( secret );
	provider.respondWith( async ( { body } ) => {
		// Kept by the fake for tests that look at them; in a soak they would be the growth.
		provider.requests.length = 0;
		const uuid = String( body.messages?.[ 0 ]?.content );
		const earlier = calls.get( uuid ) ?? 0;
		calls.set( uuid, earlier + 1 );
		await delay( 50 + calls.size % 200 );
		return ( earlier === 0 ? wrongCalls[ turnOf( calls.size, wrongCalls.length ) ] : undefined ) ?? { text: TEXT, usage: USAGE };
	} );
	site.answerWith( ( { finished, headers } ) => {
		site.received.length = 0;
		const id = String( headers[ 'webhook-id' ] );
		const isFirst = ! tried.has( id );
		tried.add( id );
		const turn = turnOf( tried.size, deafAnswers.length );
		const answer = isFirst ? deafAnswers[ turn ] : undefined;
		if ( answer?.status !== undefined ) {
			return answer;
		}
		if ( ! applied.has( finished.uuid ) ) {
			applied.set( finished.uuid, finished );
			ends.set( finished.uuid, performance.now() );
		}
		// The row is changed, but the gateway does not hear of it.
		return answer ?? {};
	} );
	return { provider, site, calls, applied, ends, stop: () => Promise.all( [ provider.stop(), site.stop() ] ) };
}
