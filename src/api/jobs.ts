import { job as jobSchema, jobList, type CreateJob, type Job, type WaitReason } from '@draftkeeper/contract';
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error';
import { request, requestIfChanged } from './client';
import { MAX_RETRIES } from './query-client';
import { askStatus } from './stream';

const FIRST_POLL_MS = 1_000;
const LAST_POLL_MS = 30_000;
/** The gateway has said that the job is done: its result is on its way to WordPress. */
const FIRST_POLL_AFTER_END_MS = 250;
const JITTER = 0.2;

/** The ETag travels with the job, so that an unchanged answer keeps the same object and renders nothing. */
export interface TaggedJob {
	job: Job;
	etag: string | null;
}

export function isTerminal( job: Job ): boolean {
	return job.status === 'succeeded' || job.status === 'failed' || job.status === 'canceled';
}

/** A draft that nobody has judged yet. */
export function isWaitingDraft( job: Job ): boolean {
	return job.status === 'succeeded' && job.review === null;
}

/**
 * Time until the next poll: 1 s, 2 s, 4 s … 30 s, each ± 10 %. The jitter comes out of the job's random id and
 * not out of a dice, because react-query starts its timer anew whenever this number differs from the last one.
 */
export function pollDelayMs( uuid: string, polls: number, firstMs = FIRST_POLL_MS ): number {
	const backoffMs = Math.min( LAST_POLL_MS, firstMs * 2 ** Math.max( 0, polls - 1 ) );
	const digits = uuid.replaceAll( '-', '' );
	const position = ( polls * 2 ) % ( digits.length - 2 );
	const fraction = Number.parseInt( digits.slice( position, position + 2 ), 16 ) / 255;
	return Math.round( backoffMs * ( 1 - JITTER / 2 + JITTER * fraction ) );
}

const jobKey = ( uuid: string ) => [ 'jobs', uuid ] as const;
const postJobsKey = ( postId: number ) => [ 'jobs', 'of-post', postId ] as const;

/** How often a job had been polled when the gateway said that it is done. */
const pollsBeforeEnd = new WeakMap< object, number >();

/** The gateway has told the end of a job: what has become of it stands in WordPress, at once or in a moment. */
export function noteEnd( client: QueryClient, uuid: string ): void {
	const query = client.getQueryCache().find( { queryKey: jobKey( uuid ) } );
	if ( query ) {
		pollsBeforeEnd.set( query, countPolls( query.state ) );
	}
	void client.invalidateQueries( { queryKey: jobKey( uuid ) } );
}

const countPolls = ( state: { dataUpdateCount: number; errorUpdateCount: number } ): number => state.dataUpdateCount + state.errorUpdateCount;

/** One job, polled until it has ended. While the gateway has given a token it is asked first, and WordPress only at the end. */
export const jobQuery = ( uuid: string ) => queryOptions( {
	queryKey: jobKey( uuid ),
	queryFn: async ( { client, signal } ): Promise< TaggedJob > => {
		const known = client.getQueryData< TaggedJob >( jobKey( uuid ) );
		if ( known?.job.status === 'running' && ! known.job.cancel_pending ) {
			const status = await askStatus( uuid, signal );
			if ( status?.state === 'queued' || status?.state === 'running' ) {
				return withReason( known, known.job, status.put_off ? 'provider_unavailable' : null );
			}
		}
		const answer = await requestIfChanged( { path: `/jobs/${ uuid }`, schema: jobSchema, signal }, known?.etag ?? null );
		if ( answer === 'unchanged' ) {
			return known!;
		}
		listJob( client, answer.data );
		return { job: answer.data, etag: answer.etag };
	},
	staleTime: ( query ) => query.state.data && isTerminal( query.state.data.job ) ? Infinity : 0,
	refetchInterval: ( query ) => {
		const { data, error } = query.state;
		if ( data && isTerminal( data.job ) ) {
			return false;
		}
		if ( error instanceof ApiError ) {
			if ( error.retryAfterMs !== null ) {
				return error.retryAfterMs;
			}
			if ( error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 408 ) {
				return false;
			}
		}
		const before = pollsBeforeEnd.get( query );
		const polls = countPolls( query.state );
		return before === undefined ? pollDelayMs( uuid, polls ) : pollDelayMs( uuid, polls - before, FIRST_POLL_AFTER_END_MS );
	},
	refetchOnWindowFocus: ( query ) => query.state.data && isTerminal( query.state.data.job ) ? false : 'always',
	refetchOnReconnect: 'always',
} );

/** WordPress may not know it yet, or not know that it is over: without its tag, its next answer counts in full. */
function withReason( known: TaggedJob, job: Extract< Job, { status: 'running' } >, reason: WaitReason | null ): TaggedJob {
	return job.wait_reason === reason ? known : { job: { ...job, wait_reason: reason }, etag: null };
}

/** What the editor of a post has to know of, newest first: jobs under way, drafts to review, recent failures. */
export const postJobsQuery = ( postId: number ) => queryOptions( {
	queryKey: postJobsKey( postId ),
	queryFn: async ( { client, signal } ): Promise< Job[] > => {
		const { data } = await request( { path: `/jobs?open_for=${ postId }`, schema: jobList, signal } );
		for ( const job of data.items ) {
			keepNewest( client, { job, etag: null } );
		}
		return data.items;
	},
	staleTime: 30_000,
} );

/** Creates a job, or returns the earlier one with the same idempotency key. Safe to send again with that key. */
export async function createJob(
	body: CreateJob,
	{ idempotencyKey, requestId }: { idempotencyKey: string; requestId: string }
): Promise< TaggedJob > {
	const { data, etag } = await request( {
		method: 'POST',
		path: '/jobs',
		schema: jobSchema,
		body,
		headers: { 'Idempotency-Key': idempotencyKey },
		requestId,
	} );
	return { job: data, etag };
}

/** For the mutation around `createJob`: a lost answer is asked for again under the same key. */
export function shouldRetryCreation( failureCount: number, error: Error ): boolean {
	return failureCount < MAX_RETRIES && error instanceof ApiError && error.isUncertain && error.code !== 'bad_answer' && error.code !== 'offline';
}

/** Asks for the end of a job. The answer may still be `running` with `cancel_pending`. */
export async function cancelJob( uuid: string, requestId: string ): Promise< TaggedJob > {
	const { data, etag } = await request( { method: 'DELETE', path: `/jobs/${ uuid }`, schema: jobSchema, requestId } );
	return { job: data, etag };
}

/** Puts a job into the cache, unless a newer version of it is there, and into the list of its post. */
export function rememberJob( client: QueryClient, { job, etag }: TaggedJob ): void {
	keepNewest( client, { job, etag } );
	listJob( client, job );
}

/** Keeps the list of a post up to date with what is known of one of its jobs. */
function listJob( client: QueryClient, job: Job ): void {
	if ( job.post_id === null ) {
		return;
	}
	client.setQueryData< Job[] >( postJobsKey( job.post_id ), ( jobs ) => {
		if ( ! jobs ) {
			return jobs;
		}
		const isListed = jobs.some( ( { uuid } ) => uuid === job.uuid );
		return isListed ? jobs.map( ( other ) => other.uuid === job.uuid && other.version < job.version ? job : other ) : [ job, ...jobs ];
	} );
}

function keepNewest( client: QueryClient, tagged: TaggedJob ): void {
	const known = client.getQueryData< TaggedJob >( jobKey( tagged.job.uuid ) );
	if ( ! known || known.job.version < tagged.job.version ) {
		client.setQueryData< TaggedJob >( jobKey( tagged.job.uuid ), tagged );
	}
}
