import type { OfferBatch } from '@draftkeeper/contract';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { fingerprint } from '../jobs/job-fingerprint.ts';
import type { JobStore, NewJob, StoredJob, WaitingBounds } from '../jobs/job-store.ts';
import type { JobAdmission } from '../policy/job-admission.ts';
import type { Site } from '../sites/site.ts';

export type AcceptOffersDeps = {
	store: JobStore;
	clock: Clock;
	/** Tells the worker that there is something to do. */
	wake: () => void;
	isClosing: () => boolean;
	/** How many jobs may wait before offers are sent away. */
	bounds: WaitingBounds;
	/** What a site's offer has to pass. */
	admission: JobAdmission;
};

export type Offered = OfferBatch[ 'offers' ][ number ];
type Admitted = { job: NewJob; withdraw: () => Promise< void > };

const CLOSING_RETRY_MS = 10_000;
/** When a site may offer again what found the queue full. */
const FULL_RETRY_MS = 30_000;

/** One answer to each offer, in their order. What is thrown is the answer to them all. */
export async function acceptOffers(
	deps: AcceptOffersDeps, site: Site, offers: readonly Offered[], reply: Pick< FastifyReply, 'headers' >
): Promise< ( StoredJob | GatewayError )[] > {
	const { store } = deps;
	const found = new Map( ( await store.find( site.tenant, offers.map( ( { uuid } ) => uuid ) ) ).map( ( job ) => [ job.uuid, job ] ) );
	const candidates: ( StoredJob | GatewayError | Admitted )[] = [];
	for ( const offered of offers ) {
		const known = found.get( offered.uuid );
		candidates.push( known === undefined ? await admit( deps, site, offered, reply ) : sameJob( known, fingerprint( offered ) ) );
	}
	const admitted = candidates.filter( isAdmitted );
	// Where this throws, jobs may be stored all the same: what is reserved for those that are not is let go by the sweep.
	const accepted = admitted.length === 0 ? [] : await store.acceptAll( admitted.map( ( { job } ) => job ), deps.bounds );
	const answers = await Promise.all( accepted.map( async ( outcome, index ) => {
		if ( outcome.kind !== 'full' ) {
			return sameJob( outcome.job, admitted[ index ]?.job.body_hash );
		}
		await admitted[ index ]?.withdraw();
		return new GatewayError( 'overloaded', 'Too many jobs are waiting at the gateway already.', { isRetryable: true, retryAfterMs: FULL_RETRY_MS } );
	} ) );
	if ( accepted.some( ( { kind } ) => kind !== 'full' ) ) {
		deps.wake();
	}
	return candidates.map( ( candidate ) => ( isAdmitted( candidate ) ? answers.shift() ?? unanswered() : candidate ) );
}

const isAdmitted = ( candidate: StoredJob | GatewayError | Admitted ): candidate is Admitted => 'withdraw' in candidate;

/** What will be stored of an offer, or why nothing is. */
async function admit(
	deps: AcceptOffersDeps, site: Site, { sub, ...offered }: Offered, reply: Pick< FastifyReply, 'headers' >
): Promise< Admitted | GatewayError > {
	if ( deps.isClosing() ) {
		return new GatewayError( 'overloaded', 'The gateway is being stopped.', { isRetryable: true, retryAfterMs: CLOSING_RETRY_MS } );
	}
	const now = deps.clock.now();
	const expires_at = Date.parse( offered.expires_at );
	if ( Number.isNaN( expires_at ) ) {
		return new GatewayError( 'invalid_body', 'expires_at is no time.' );
	}
	if ( expires_at <= now ) {
		return new GatewayError( 'expired', 'The job’s time to begin has passed.' );
	}
	try {
		const { model, request, headers, withdraw } = await deps.admission.admit( site, sub, offered );
		reply.headers( headers );
		const { uuid, request_id, task } = offered;
		const job = { tenant: site.tenant, uuid, request_id, task, model, body_hash: fingerprint( offered ), request, accepted_at: now, expires_at };
		return { job, withdraw };
	} catch ( error ) {
		if ( error instanceof GatewayError ) {
			return error;
		}
		throw error;
	}
}

function sameJob( job: StoredJob, body_hash: string | undefined ): StoredJob | GatewayError {
	return job.body_hash === body_hash ? job : new GatewayError( 'idempotency_key_reused', 'Another job was offered under this id before.' );
}

export function unanswered(): never {
	throw new Error( 'The store has left a job without an answer.' );
}
