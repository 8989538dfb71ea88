import { CONTRACT_VERSION, gatewayJob, gatewayJobs, offer, type GatewayJob, type Offer } from '@draftkeeper/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest, preValidationAsyncHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import { wait, type Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { fingerprint } from '../jobs/job-fingerprint.ts';
import type { JobKey, JobStore, StoredJob, WaitingBounds } from '../jobs/job-store.ts';
import type { Logger } from '../observability/logger.ts';
import type { JobAdmission } from '../policy/job-admission.ts';
import type { StreamStore } from '../streams/stream-store.ts';
import { siteOf } from './require-token.ts';

export type JobsRoutesDeps = {
	store: JobStore;
	clock: Clock;
	authenticate: preValidationAsyncHookHandler;
	/** Tells the worker that there is something to do. */
	wake: () => void;
	/** Calls a provider call off; resolves once that is filed. */
	stopCall: ( key: JobKey ) => Promise< void >;
	/** Tells the deliveries that a job has ended. */
	onEnded: () => void;
	isClosing: () => boolean;
	streams: Pick< StreamStore, 'end' >;
	audit: AuditLog;
	logger: Logger;
	/** How many jobs may wait before offers are sent away. */
	bounds: WaitingBounds;
	/** What a site's offer has to pass. */
	admission: JobAdmission;
};

const MAX_IDS = 100;
/** Longest that an answer to a cancel waits for the provider call to end. */
const CANCEL_WAIT_MS = 1_000;
const CLOSING_RETRY_MS = 10_000;
/** When a site may offer again what found the queue full. */
const FULL_RETRY_MS = 30_000;

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
			const job = await acceptOffer( deps, request, request.body, reply );
			return reply.code( 202 ).send( toGatewayJob( job ) );
		}
	);

	app.get( '/v1/jobs', { preValidation: authenticate, schema: { querystring: idsQuery, response: { 200: gatewayJobs } } }, async ( request ) => {
		const { ids } = request.query;
		const jobs = await store.find( siteOf( request ).tenant, ids );
		const known = new Set( jobs.map( ( job ) => job.uuid ) );
		return { contract_version: CONTRACT_VERSION, jobs: jobs.map( toGatewayJob ), unknown: ids.filter( ( id ) => ! known.has( id ) ) };
	} );

	const oneJob = { preValidation: authenticate, schema: { params: jobParams, response: { 200: gatewayJob } } };

	app.get( '/v1/jobs/:uuid', oneJob, async ( request ) => {
		const [ job ] = await store.find( siteOf( request ).tenant, [ request.params.uuid ] );
		return toGatewayJob( job ?? unknownJob() );
	} );

	app.delete( '/v1/jobs/:uuid', oneJob, async ( request ) => {
		const key = { tenant: siteOf( request ).tenant, uuid: request.params.uuid };
		const job = await cancelJob( deps, key );
		await fileCancel( deps, key, request.id );
		return toGatewayJob( job );
	} );
}

async function acceptOffer( deps: JobsRoutesDeps, signed: FastifyRequest, offered: Offer, reply: Pick< FastifyReply, 'headers' > ): Promise< StoredJob > {
	const { store, clock } = deps;
	const site = siteOf( signed );
	const body_hash = fingerprint( offered );
	const [ known ] = await store.find( site.tenant, [ offered.uuid ] );
	if ( known !== undefined ) {
		return assertSameJob( known, body_hash );
	}
	if ( deps.isClosing() ) {
		throw new GatewayError( 'overloaded', 'The gateway is being stopped.', { isRetryable: true, retryAfterMs: CLOSING_RETRY_MS } );
	}
	const now = clock.now();
	const expires_at = Date.parse( offered.expires_at );
	if ( Number.isNaN( expires_at ) ) {
		throw new GatewayError( 'invalid_body', 'expires_at is no time.' );
	}
	if ( expires_at <= now ) {
		throw new GatewayError( 'expired', 'The job’s time to begin has passed.' );
	}
	const { model, request, headers, withdraw } = await deps.admission.admit( site, signed.subject, offered );
	reply.headers( headers );
	// Where this throws, the job may be stored all the same: what is reserved for one that is not is let go by the sweep.
	const accepted = await store.accept( {
		tenant: site.tenant,
		uuid: offered.uuid,
		request_id: offered.request_id,
		task: offered.task,
		model,
		body_hash,
		request,
		accepted_at: now,
		expires_at,
	}, deps.bounds );
	if ( accepted.kind === 'full' ) {
		await withdraw();
		throw new GatewayError( 'overloaded', 'Too many jobs are waiting at the gateway already.', { isRetryable: true, retryAfterMs: FULL_RETRY_MS } );
	}
	deps.wake();
	return assertSameJob( accepted.job, body_hash );
}

function assertSameJob( job: StoredJob, body_hash: string ): StoredJob {
	if ( job.body_hash !== body_hash ) {
		throw new GatewayError( 'idempotency_key_reused', 'Another job was offered under this id before.' );
	}
	return job;
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

/** A body of another version may look like anything, so this comes before its form is checked. */
const assertSupportedVersion: preValidationAsyncHookHandler = async ( request ) => {
	const version = z.object( { contract_version: z.int().positive() } ).safeParse( request.body );
	if ( version.success && ! supportedVersions.includes( version.data.contract_version ) ) {
		throw new GatewayError(
			'contract_unsupported', `The gateway speaks version ${ supportedVersions.join( ' and ' ) } of the contract; update the older side.`
		);
	}
};

/** This version of the contract and the one before. */
const supportedVersions = [ CONTRACT_VERSION - 1, CONTRACT_VERSION ].filter( ( version ) => version > 0 );

function toGatewayJob( { uuid: id, state, finished }: StoredJob ): GatewayJob {
	return { contract_version: CONTRACT_VERSION, uuid: id, state, finished };
}

function unknownJob(): never {
	throw new GatewayError( 'unknown_job', 'The gateway has no such job of this site.' );
}
