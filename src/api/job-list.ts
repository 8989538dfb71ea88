import { job as jobSchema, jobList, type Job, type JobList, type JobStatus, type ReviewDecision, type Task } from '@draftkeeper/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { addQueryArgs } from '@wordpress/url';
import { request } from './client';
import { isTerminal, type TaggedJob } from './jobs';

const WATCH_MS = 5_000;

export const reviewFilters = [ 'waiting', 'accepted', 'edited', 'discarded' ] as const satisfies readonly ( 'waiting' | ReviewDecision )[];

/** What narrows the list of jobs down. */
export interface JobFilter {
	status: JobStatus | null;
	user_id: number | null;
	model: string | null;
	task: Task | null;
	post_id: number | null;
	review: ( typeof reviewFilters )[ number ] | null;
	/** Days of the site, both included. */
	from: string | null;
	to: string | null;
	search: string | null;
	per_page: number;
}

/** One page of jobs, newest first, without their texts; asked for again and again while one of them is under way. */
export const jobsQuery = ( filter: JobFilter, cursor: string | null ) => queryOptions( {
	queryKey: [ 'jobs', 'list', filter, cursor ] as const,
	queryFn: async ( { signal } ): Promise< JobList > => ( await request( {
		path: addQueryArgs( '/jobs', Object.fromEntries( Object.entries( { ...filter, cursor } ).filter( ( [ , value ] ) => value !== null ) ) ),
		schema: jobList,
		signal,
	} ) ).data,
	placeholderData: keepPreviousData,
	refetchInterval: ( { state } ) => state.data?.items.some( ( job: Job ) => ! isTerminal( job ) || job.cancel_pending ) ? WATCH_MS : false,
	refetchOnWindowFocus: true,
} );

/** Asks again for what an ended job asked for, as a new job; the earlier one under the same key. */
export async function retryJob( uuid: string, { idempotencyKey, requestId }: { idempotencyKey: string; requestId: string } ): Promise< TaggedJob > {
	const { data, etag } = await request( {
		method: 'POST',
		path: `/jobs/${ uuid }/retry`,
		schema: jobSchema,
		headers: { 'Idempotency-Key': idempotencyKey },
		requestId,
	} );
	return { job: data, etag };
}
