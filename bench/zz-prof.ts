import { startFakeOpenAi } from '../gateway/test/fake-openai.ts';
import { Browser, createJob, jobIn, readJob } from './load/browser.ts';
import { SLOW_MODEL } from './stack/gateway.ts';
import { Stack } from './stack/stack.ts';
const stack = await Stack.running();
const session = await stack.openSession();
const provider = await startFakeOpenAi( { port: stack.state.ports.provider } );
provider.hold();
const b = new Browser( stack.state.wpUrl, session );
const job = jobIn( await b.send( createJob( 'prof', SLOW_MODEL ) ) );
const etag = String( ( await b.send( readJob( job.uuid ) ) ).headers.etag );
const tag = process.argv[ 2 ] ?? 'a';
for ( let i = 0; i < 60; i++ ) {
	await b.send( { method: 'GET', path: 'bench/v1/nothing', headers: { 'x-prof': `${ tag }-nothing` } } );
	await b.send( { method: 'GET', path: 'bench/v1/nothing', headers: { 'x-bench-bare': '1', 'x-prof': `${ tag }-bare` } } );
	const p = readJob( job.uuid, etag ); await b.send( { ...p, headers: { ...p.headers, 'x-prof': `${ tag }-poll` } } );
	const c = createJob( `p ${ i }`, SLOW_MODEL ); await b.send( { ...c, headers: { ...c.headers, 'x-prof': `${ tag }-create` } } );
	await new Promise( ( r ) => setTimeout( r, 20 ) );
}
provider.release();
await b.close(); await provider.stop();
