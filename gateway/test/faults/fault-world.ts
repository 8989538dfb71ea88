import { setTimeout as delay } from 'node:timers/promises';
import type { FinishedJob, GatewayJob, Offer } from '@draftkeeper/contract';
import { startFakeOpenAi } from '../fake-openai.ts';
import { startFakeSite } from '../fake-site.ts';
import { startPrivateRedis } from '../private-redis.ts';
import { install, request, type ServerProcess } from '../server-process.ts';
import { createOffer, createTestSite, signToken } from '../test-site.ts';
import { findViolations, type Event } from './history.ts';

export type FaultEngine = 'SQLite' | 'Redis';

/** Longest that anything may take. Whoever had not kept to the lease of the dead would look around only after a minute. */
const PATIENCE_MS = 45_000;
const REOFFER_MS = 50;

/** WordPress, a provider and a gateway that dies; what the first two see goes into a history. */
export async function createFaultWorld( engine: FaultEngine ) {
	let secret = '';
	const wordpress = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi();
	const redis = engine === 'Redis' ? await startPrivateRedis() : null;
	const shop = createTestSite( { rest_url: wordpress.rest_url, private_networks: [ '127.0.0.0/8' ] } );
	( { secret } = shop );
	const installation = install( shop, provider.url, redis === null ? {} : { DRAFTKEEPER_REDIS_URL: redis.url, DRAFTKEEPER_DATABASE: '' } );
	const history: Event[] = [];
	const applied = new Map< string, FinishedJob >();
	let server: ServerProcess | null = null;
	/** Kills the gateway from outside when this is about to happen. */
	let killWhen: 'called' | 'delivered' | null = null;

	const killIf = async ( what: typeof killWhen ) => {
		if ( killWhen === what ) {
			killWhen = null;
			await server?.kill( 'SIGKILL' );
		}
	};
	provider.respondWith( async ( { body } ) => {
		const uuid = String( body.messages?.[ 0 ]?.content );
		const call: Event = { what: 'called', uuid, tokens_out: null };
		history.push( call );
		await killIf( 'called' );
		call.tokens_out = history.length;
		return { text: `Text of ${ uuid }`, usage: { prompt_tokens: 10, completion_tokens: call.tokens_out, total_tokens: 10 + call.tokens_out } };
	} );
	wordpress.answerWith( ( { finished, headers } ) => {
		// The row in WordPress: only a text that comes after all changes a job that has ended.
		const before = applied.get( finished.uuid );
		const changes = before === undefined || ( before.outcome.status === 'failed' && finished.outcome.status === 'succeeded' );
		if ( changes ) {
			applied.set( finished.uuid, finished );
		}
		history.push( { what: 'delivered', uuid: finished.uuid, webhook_id: String( headers[ 'webhook-id' ] ), applied: changes, finished } );
		if ( killWhen === 'delivered' ) {
			void killIf( 'delivered' );
			return { reset: true };
		}
		return {};
	} );

	const until = async ( isSo: () => boolean | Promise< boolean >, what: string ) => {
		for ( const giveUpAt = Date.now() + PATIENCE_MS; ! ( await isSo() ); await delay( REOFFER_MS ) ) {
			if ( Date.now() > giveUpAt ) {
				throw new Error( `Waited in vain until ${ what }.\n${ ( server?.log ?? [] ).slice( -20 ).join( '\n' ) }` );
			}
		}
	};

	/** One try to offer it, as WordPress makes it; false where it has to come back. */
	const offerOnce = async ( offer: Offer ): Promise< boolean > => {
		const answer = await request( shop, 'POST', `${ server?.origin }/v1/jobs`, JSON.stringify( offer ) ).catch( () => null );
		if ( answer?.status === 202 ) {
			history.push( { what: 'accepted', uuid: offer.uuid } );
		}
		return answer?.status === 202;
	};

	/** Offers it as WordPress does, until there is an answer that it is taken: one that was lost may have been on the disk already. */
	const offerUntilTaken = ( offer: Offer ): Promise< void > => until( () => offerOnce( offer ), 'the offer is taken' );

	return {
		provider,
		redis,
		installation,
		history,
		applied,
		/** Offers as WordPress sends them, one alone or several in a batch, signed now. */
		async signed( ...offers: readonly [ Offer, ...Offer[] ] ) {
			const url = `${ server?.origin }/v1/jobs${ offers.length === 1 ? '' : '/batch' }`;
			const { contract_version } = offers[ 0 ];
			const body = JSON.stringify( offers.length === 1 ? offers[ 0 ] : { contract_version, offers: offers.map( ( offer ) => ( { ...offer, sub: 'editor' } ) ) } );
			const token = await signToken( shop, { method: 'POST', url, body, now: Date.now() } );
			return { url, body, headers: { authorization: `Bearer ${ token }`, 'content-type': 'application/json' } };
		},
		/** A signed request of the site to the gateway of the last start. */
		ask: ( method: string, path: string, body = '' ) => request( shop, method, `${ server?.origin }${ path }`, body ),
		/** Starts a gateway that dies at a point of its own, or when WordPress or the provider hear from it; it may do so before it is ready. */
		async start( crashAt = '', ...args: string[] ): Promise< ServerProcess > {
			killWhen = null;
			installation.environment[ 'CRASH_AT' ] = crashAt;
			try {
				server = await installation.start( ...args );
				killWhen = crashAt === 'called' || crashAt === 'delivered' ? crashAt : null;
				return server;
			} catch ( error ) {
				if ( crashAt === '' ) {
					throw error;
				}
				return { origin: '', log: [], isOver: () => true, kill: async () => null };
			}
		},
		offer(): Offer {
			const offer = createOffer( { model: 'other' } );
			return { ...offer, messages: [ { role: 'user', content: offer.uuid } ] };
		},
		offerOnce,
		offerUntilTaken,
		until,
		/** Waits until every job of which the gateway has said that it has it has ended in WordPress. */
		async recover(): Promise< void > {
			const accepted = new Set( history.filter( ( { what } ) => what === 'accepted' ).map( ( { uuid } ) => uuid ) );
			await until( () => [ ...accepted ].every( ( uuid ) => applied.has( uuid ) ), 'every accepted job has ended' );
		},
		/** Offers everything that the gateway may not know, and waits until every job has ended in WordPress. */
		async finish( offers: readonly Offer[] ): Promise< void > {
			for ( const offer of offers ) {
				await offerUntilTaken( offer );
			}
			await until( () => offers.every( ( { uuid } ) => applied.has( uuid ) ), 'every job has ended' );
		},
		/** Whatever is wrong with what happened, after the gateway has told what it knows of every job. */
		async check( offers: readonly Offer[] ): Promise< string[] > {
			const books = new Map< string, FinishedJob >();
			for ( const { uuid } of offers ) {
				const { body } = await request( shop, 'GET', `${ server?.origin }/v1/jobs/${ uuid }` );
				const { finished } = body as GatewayJob;
				if ( finished !== null && finished !== undefined ) {
					books.set( uuid, finished );
				}
			}
			return findViolations( history, books );
		},
		async remove() {
			installation.remove();
			await Promise.all( [ wordpress.stop(), provider.stop() ] );
			await redis?.remove();
		},
	};
}
