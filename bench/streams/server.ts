/** The gateway's streams alone, in a process of their own, so that their memory can be told from the readers'. Spoken to over IPC. */
import Fastify from 'fastify';
import { validatorCompiler, serializerCompiler } from 'fastify-type-provider-zod';
import { MemoryUsedTokens } from '../../gateway/src/auth/used-tokens.ts';
import { systemClock } from '../../gateway/src/clock.ts';
import { addCors } from '../../gateway/src/http/cors.ts';
import { addStreamRoutes } from '../../gateway/src/http/stream-routes.ts';
import type { JobStore } from '../../gateway/src/jobs/job-store.ts';
import { createLogger } from '../../gateway/src/observability/logger.ts';
import { MemoryStreamStore } from '../../gateway/src/streams/memory-stream-store.ts';
import { OpenStreams } from '../../gateway/src/streams/open-streams.ts';
import { StreamTokens } from '../../gateway/src/streams/stream-tokens.ts';
import { createTestSite, ORIGIN, signTicket } from '../../gateway/test/test-site.ts';

export type Question =
	| { ask: 'tickets'; jobs: string[] }
	| { ask: 'publish'; jobs: string[]; attempt: number; seq: number; text: string }
	| { ask: 'memory' };
export type Answer =
	| { kind: 'listening'; url: string; origin: string }
	| { kind: 'tickets'; tickets: string[] }
	| { kind: 'published'; at: number }
	| { kind: 'memory'; rss: number; heap: number; open: number; cpu_ms: number; handles: number };

const site = createTestSite();
const clock = systemClock;
const streams = new MemoryStreamStore( clock );
const store = {
	find: async ( tenant: string, uuids: string[] ) => uuids.map( ( uuid ) => ( { tenant, uuid, body_hash: '', state: 'running', finished: null } ) ),
} as unknown as JobStore;
const openStreams = new OpenStreams( { streams, store, clock, logger: createLogger( 'silent' ) } );
const sites = new Map( [ [ site.site.tenant, site.site ] ] );

const app = Fastify();
app.setValidatorCompiler( validatorCompiler );
app.setSerializerCompiler( serializerCompiler );
addCors( app );
addStreamRoutes( app, {
	origin: () => ORIGIN, sites, usedTokens: new MemoryUsedTokens( 0 ), store, clock, openStreams, streamTokens: new StreamTokens( Buffer.alloc( 32, 7 ) ),
} );

const answer = ( message: Answer ) => void process.send?.( message );

process.on( 'message', async ( question: Question ) => {
	switch ( question.ask ) {
		case 'tickets':
			answer( { kind: 'tickets', tickets: await Promise.all( question.jobs.map( ( job ) => signTicket( site, { job, now: Date.now() } ) ) ) } );
			break;
		case 'publish': {
			const at = performance.timeOrigin + performance.now();
			for ( const uuid of question.jobs ) {
				streams.publish( { tenant: site.site.tenant, uuid }, { attempt: question.attempt, seq: question.seq, text: question.text } );
			}
			answer( { kind: 'published', at } );
			break;
		}
		case 'memory': {
			globalThis.gc?.();
			const { rss, heapUsed } = process.memoryUsage();
			const { user, system } = process.cpuUsage();
			const handles = process.getActiveResourcesInfo().length;
			answer( { kind: 'memory', rss, heap: heapUsed, open: openStreams.size, cpu_ms: ( user + system ) / 1000, handles } );
			break;
		}
		default:
			throw new Error( `Unknown question ${ JSON.stringify( question satisfies never ) }` );
	}
} );
process.on( 'disconnect', () => process.exit( 0 ) );

answer( { kind: 'listening', url: await app.listen( { port: 0, host: '127.0.0.1' } ), origin: new URL( site.site.home ).origin } );
