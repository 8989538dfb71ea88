import {
	CONTRACT_VERSION, gatewayJob, gatewayJobs, offer, offerBatch, offerBatchAnswer, type GatewayJob, type OfferBatchAnswer,
} from '@draftkeeper/contract';
import type { FastifyInstance, preValidationAsyncHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import { wait } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { isPutOff, type JobKey, type StoredJob } from '../jobs/job-store.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import type { StreamStore } from '../streams/stream-store.ts';
import { acceptOffers, unanswered, type AcceptOffersDeps, type Offered } from './accept-offers.ts';
import { problemOf } from './problem.ts';
import { siteOf } from './require-token.ts';

export type JobsRoutesDeps = AcceptOffersDeps & {
	authenticate: preValidationAsyncHookHandler;
	/** Calls a provider call off; resolves once that is filed. */
	stopCall: ( key: JobKey ) => Promise< void >;
	/** Tells the deliveries that a job has ended. */
	onEnded: () => void;
	streams: Pick< StreamStore, 'end' >;
	audit: AuditLog;
	logger: Logger;
	meter?: Meter;
};

const MAX_IDS = 100;
/** Longest that an answer to a cancel waits for the provider call to end. */
const CANCEL_WAIT_MS = 1_000;

const uuid = offer.shape.uuid;
const jobParams = z.object( { uuid } );
const idsQuery = z.object( {
	ids: z.string().transform( ( ids ) => [ ...new Set( ids.split( ',' ) ) ] ).pipe( z.array( uuid ).min( 1 ).max( MAX_IDS ) ),
} );

export function addJobsRoutes( fastify: FastifyInstance, deps: JobsRoutesDeps ): void {
	const app = fastify.withTypeProvider< ZodTypeProvider >();
	const { store, authenticate } = deps;

	app.post(
		'/v1/jobs',
		{ preValidation: [ authenticate, assertSupportedVersion ], schema: { body: offer, response: { 202: gatewayJob } } },
		async ( request, reply ) => {
			const [ answer = unanswered() ] = await acceptOffers( deps, siteOf( request ), [ { ...request.body, sub: request.subject } ], reply );
			if ( answer instanceof GatewayError ) {
				throw answer;
			}
			return reply.code( 202 ).send( toGatewayJob( answer, deps.clock.now() ) );
		}
	);

	app.post(
		'/v1/jobs/batch',
		{ preValidation: [ authenticate, assertSupportedVersion ], schema: { body: offerBatch, response: { 200: offerBatchAnswer } } },
		async ( request, reply ) => {
			const { offers } = request.body;
			const site = siteOf( request );
			const answers = await acceptOffers( deps, site, offers, reply );
			for ( const answer of answers ) {
				if ( answer instanceof GatewayError ) {
					deps.meter?.refused( { tenant: site.tenant, code: answer.code } );
				}
			}
			const now = deps.clock.now();
			return { contract_version: CONTRACT_VERSION, answers: offers.map( ( one, index ) => toAnswer( one, answers[ index ] ?? unanswered(), now ) ) };
		}
	);

	app.get( '/v1/jobs', { preValidation: authenticate, schema: { querystring: idsQuery, response: { 200: gatewayJobs } } }, async ( request ) => {
		const { ids } = request.query;
		const found = await store.find( siteOf( request ).tenant, ids );
		const known = new Set( found.map( ( job ) => job.uuid ) );
		const now = deps.clock.now();
		const jobs = found.map( ( job ) => toGatewayJob( job, now ) );
		return { contract_version: CONTRACT_VERSION, jobs, unknown: ids.filter( ( id ) => ! known.has( id ) ) };
	} );

	const oneJob = { preValidation: authenticate, schema: { params: jobParams, response: { 200: gatewayJob } } };

	app.get( '/v1/jobs/:uuid', oneJob, async ( request ) => {
		const [ job ] = await store.find( siteOf( request ).tenant, [ request.params.uuid ] );
		return toGatewayJob( job ?? unknownJob(), deps.clock.now() );
	} );

	app.delete( '/v1/jobs/:uuid', oneJob, async ( request ) => {
		const key = { tenant: siteOf( request ).tenant, uuid: request.params.uuid };
		const job = await cancelJob( deps, key );
		await fileCancel( deps, key, request.id );
		return toGatewayJob( job, deps.clock.now() );
	} );
}

async function cancelJob( deps: JobsRoutesDeps, key: JobKey ): Promise< StoredJob > {
	const job = await deps.store.cancel( key, deps.clock.now() );
	if ( job === null ) {
		return unknownJob();
	}
	if ( job.state !== 'running' ) {
		deps.streams.end( key );
		await deps.admission.ended( key );
		deps.onEnded();
		return job;
	}
	await Promise.race( [ deps.stopCall( key ), wait( deps.clock, CANCEL_WAIT_MS ) ] );
	const [ stopped ] = await deps.store.find( key.tenant, [ key.uuid ] );
	return stopped ?? job;
}

/** What has been canceled stays canceled, also where that cannot be filed. */
async function fileCancel( { audit, clock, logger }: JobsRoutesDeps, { tenant, uuid: subject }: JobKey, request_id: string ): Promise< void > {
	try {
		await audit.append( { actor: `site:${ tenant }`, action: 'job_canceled', subject, at: clock.now() } );
	} catch ( error ) {
		logger.error( { request_id, tenant, job: subject, err: error }, 'cancel is missing in the audit log' );
	}
}

const versioned = z.object( { contract_version: z.int().positive() } );

/** A body of another version may look like anything, so this comes before its form is checked. */
const assertSupportedVersion: preValidationAsyncHookHandler = async ( request ) => {
	const version = versioned.safeParse( request.body );
	if ( version.success && ! supportedVersions.includes( version.data.contract_version ) ) {
		throw new GatewayError(
			'contract_unsupported', `The gateway speaks version ${ supportedVersions.join( ' and ' ) } of the contract; update the older side.`
		);
	}
};

/** This version of the contract and the one before. */
const supportedVersions = [ CONTRACT_VERSION - 1, CONTRACT_VERSION ].filter( ( version ) => version > 0 );

function toGatewayJob( job: StoredJob, now: number ): GatewayJob {
	const { uuid: id, state, finished } = job;
	return { contract_version: CONTRACT_VERSION, uuid: id, state, ...( isPutOff( job, now ) ? { put_off: true } : {} ), finished };
}

function toAnswer( { uuid: id, request_id }: Offered, answer: StoredJob | GatewayError, now: number ): OfferBatchAnswer[ 'answers' ][ number ] {
	if ( answer instanceof GatewayError ) {
		const problem = problemOf( answer, request_id );
		return { uuid: id, status: problem.status, job: null, problem };
	}
	return { uuid: id, status: 202, job: toGatewayJob( answer, now ), problem: null };
}

function unknownJob(): never {
	throw new GatewayError( 'unknown_job', 'The gateway has no such job of this site.' );
}
