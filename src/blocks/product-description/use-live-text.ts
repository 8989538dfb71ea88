import type { Job } from '@draftkeeper/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from '@wordpress/element';
import { isTerminal, jobQuery, noteEnd } from '../../api/jobs';
import { watchJob } from '../../api/watch-job';

/** What has been written for a job so far, as the provider writes it; '' while nothing is known, and where nothing can be. */
export function useLiveText( job: Job | null ): string {
	const client = useQueryClient();
	const [ written, setWritten ] = useState( { uuid: '', text: '' } );
	const lastEventId = useRef< { uuid: string; id: string } | null >( null );
	const isVisible = useIsVisible();
	const uuid = job && ! isTerminal( job ) && ! job.cancel_pending ? job.uuid : null;
	const latest = useRef( job );
	latest.current = job;

	useEffect( () => {
		// A hidden tab would keep a connection that others need; what it misses comes when it is looked at again.
		if ( ! uuid || ! isVisible ) {
			return undefined;
		}
		const controller = new AbortController();
		const { current } = latest;
		const isKnown = lastEventId.current?.uuid === uuid;
		if ( ! isKnown ) {
			lastEventId.current = null;
			setWritten( { uuid, text: '' } );
		}
		watchJob( {
			uuid,
			ticket: current && 'stream' in current ? current.stream ?? null : null,
			lastEventId: lastEventId.current?.id ?? null,
			signal: controller.signal,
		}, {
			onText: ( text ) => {
				setWritten( ( known ) => ( { uuid, text: known.uuid === uuid ? known.text + text : text } ) );
				// WordPress may have answered before it had offered the job, or before it went on.
				if ( latest.current?.status === 'pending' || ( latest.current?.status === 'running' && latest.current.wait_reason ) ) {
					void client.invalidateQueries( { queryKey: jobQuery( uuid ).queryKey } );
				}
			},
			onReset: () => setWritten( { uuid, text: '' } ),
			onEventId: ( id ) => {
				lastEventId.current = { uuid, id };
			},
		} ).then( ( end ) => {
			if ( end === 'done' ) {
				noteEnd( client, uuid );
			}
			// Polls are enough then, and nobody need know.
		} ).catch( () => undefined );
		return () => controller.abort();
	}, [ client, uuid, isVisible ] );

	return written.uuid === job?.uuid ? written.text : '';
}

function useIsVisible(): boolean {
	const [ isVisible, setIsVisible ] = useState( () => ! document.hidden );
	useEffect( () => {
		const look = () => setIsVisible( ! document.hidden );
		document.addEventListener( 'visibilitychange', look );
		return () => document.removeEventListener( 'visibilitychange', look );
	}, [] );
	return isVisible;
}
