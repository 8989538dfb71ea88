import type { Job } from '@draftkeeper/contract';
import { useQueries, useQuery } from '@tanstack/react-query';
import { isTerminal, isWaitingDraft, jobQuery, postJobsQuery } from '../api/jobs';

const BLOCK_TARGET = /^block:(.+)$/;

/** The block that a job writes for; null for jobs with another address. */
export function blockRef( job: Job ): string | null {
	return BLOCK_TARGET.exec( job.target ?? '' )?.[ 1 ] ?? null;
}

/** The jobs of blocks that still ask for attention, one per block, newest first. `jobs` is newest first. */
export function openDrafts( jobs: Job[] ): Job[] {
	const seen = new Set< string >();
	return jobs.filter( ( job ) => {
		const ref = blockRef( job );
		if ( ref === null || seen.has( ref ) ) {
			return false;
		}
		seen.add( ref );
		return ! isTerminal( job ) || isWaitingDraft( job );
	} );
}

/** The drafts of a post that run or wait, each watched until it has ended. A block that watches the same job shares its polls. */
export function usePostDrafts( postId: number | null ): Job[] {
	const list = useQuery( { ...postJobsQuery( postId ?? 0 ), enabled: postId !== null } );
	const jobs = list.data ?? [];
	const watched = useQueries( {
		queries: jobs.filter( ( job ) => ! isTerminal( job ) || isWaitingDraft( job ) ).map( ( job ) => jobQuery( job.uuid ) ),
	} );
	const newest = new Map( watched.flatMap( ( { data } ) => data ? [ [ data.job.uuid, data.job ] ] : [] ) );
	return openDrafts( jobs.map( ( job ) => newest.get( job.uuid ) ?? job ) );
}
