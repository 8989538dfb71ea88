import type { CreateJob, CreateReview, Job } from '@draftkeeper/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from '@wordpress/element';
import { ApiError } from '../../api/api-error';
import { cancelJob, createJob, isTerminal, isWaitingDraft, jobQuery, postJobsQuery, rememberJob, shouldRetryCreation } from '../../api/jobs';
import { myLimitsQuery } from '../../api/limits';
import { createReview } from '../../api/reviews';
import { createUuid } from '../../api/uuid';

interface Submission {
	idempotencyKey: string;
	body: CreateJob;
}

/** The job behind one place in a post: found again, started, stopped and judged. */
export function useDraft( { postId, target }: { postId: number; target: string } ) {
	const client = useQueryClient();
	const list = useQuery( postJobsQuery( postId ) );
	const [ shownUuid, setShownUuid ] = useState< string | null >( null );
	const submission = useRef< Submission | null >( null );
	const [ isStopWanted, setIsStopWanted ] = useState( false );

	const jobsHere = ( list.data ?? [] ).filter( ( job ) => job.target === target );
	const uuid = shownUuid ?? jobsHere[ 0 ]?.uuid ?? null;
	const tracked = useQuery( { ...jobQuery( uuid ?? '' ), enabled: uuid !== null } );
	const job: Job | null = uuid === null ? null : tracked.data?.job ?? jobsHere.find( ( other ) => other.uuid === uuid ) ?? null;

	const stopping = useMutation( {
		mutationFn: ( jobUuid: string ) => cancelJob( jobUuid, createUuid() ),
		onSuccess: ( tagged ) => rememberJob( client, tagged ),
		// Too late to stop: what it has become is the answer.
		onError: () => client.invalidateQueries( { queryKey: jobQuery( uuid ?? '' ).queryKey } ),
	} );

	const creating = useMutation( {
		mutationFn: ( { body, idempotencyKey, requestId }: Submission & { requestId: string } ) =>
			createJob( body, { idempotencyKey, requestId } ),
		retry: shouldRetryCreation,
		// One less is left, or the refusal tells of a limit that was not known here.
		onSettled: () => client.invalidateQueries( { queryKey: myLimitsQuery().queryKey } ),
		onSuccess: ( tagged ) => {
			rememberJob( client, tagged );
			setShownUuid( tagged.job.uuid );
		},
	} );

	const reviewing = useMutation( {
		mutationFn: ( { jobUuid, review }: { jobUuid: string; review: CreateReview } ) => createReview( jobUuid, review, createUuid() ),
		onSuccess: ( tagged ) => rememberJob( client, tagged ),
		onError: ( error, { jobUuid } ) => {
			if ( error instanceof ApiError && ( error.code === 'version_conflict' || error.code === 'already_reviewed' ) ) {
				void client.invalidateQueries( { queryKey: jobQuery( jobUuid ).queryKey } );
			}
		},
	} );

	/** A new key for each click; the same one where the last click may have arrived. */
	function generate( body: CreateJob ) {
		if ( creating.isPending ) {
			return;
		}
		const last = submission.current;
		const mayHaveArrived = creating.error instanceof ApiError && creating.error.isUncertain &&
			last !== null && JSON.stringify( last.body ) === JSON.stringify( body );
		submission.current = mayHaveArrived ? last : { body, idempotencyKey: createUuid() };
		setIsStopWanted( false );
		stopping.reset();
		reviewing.reset();
		creating.mutate( { ...submission.current, requestId: createUuid() } );
	}

	// A click may come while the job is being created, or in the moment between its answer and the next render: it is kept until there is one.
	const { mutate: cancel } = stopping;
	const stoppableUuid = job && ! creating.isPending && ! isTerminal( job ) ? job.uuid : null;
	useEffect( () => {
		if ( isStopWanted && stoppableUuid ) {
			setIsStopWanted( false );
			cancel( stoppableUuid );
		}
	}, [ isStopWanted, stoppableUuid, cancel ] );

	/** Puts the decision on record. Earlier drafts for the same place are settled with it. */
	async function decide( jobUuid: string, review: CreateReview ): Promise< void > {
		await reviewing.mutateAsync( { jobUuid, review } );
		const others = jobsHere.filter( ( other ) => other.uuid !== jobUuid && isWaitingDraft( other ) );
		for ( const other of others ) {
			createReview( other.uuid, { decision: 'discarded', version: other.version }, createUuid() )
				.then( ( tagged ) => rememberJob( client, tagged ) )
				// It stays in the list as waiting, where it can be discarded by hand.
				.catch( () => undefined );
		}
	}

	return {
		job,
		/** An earlier draft for this place that nobody has judged. */
		previous: jobsHere.find( ( other ) => other.uuid !== uuid && isWaitingDraft( other ) ) ?? null,
		isLooking: list.isPending,
		lookingError: list.error,
		pollingError: job && ! isTerminal( job ) ? tracked.error : null,
		isCreating: creating.isPending,
		creatingError: creating.error,
		isStopping: stopping.isPending || ( creating.isPending && isStopWanted ) || ( job !== null && ! isTerminal( job ) && job.cancel_pending ),
		stoppingError: stopping.error,
		isReviewing: reviewing.isPending,
		reviewingError: reviewing.error,
		lookAgain: () => list.refetch(),
		show: setShownUuid,
		generate,
		stop: () => setIsStopWanted( true ),
		decide,
	};
}

export type DraftHandle = ReturnType< typeof useDraft >;
