import type { Job } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { createUuid } from '../../api/uuid';
import { CopyableId } from '../../ui/copyable-id';
import { explainError } from '../../ui/explain-error';
import { useUnsavedWarning } from '../shell/use-saved-form';
import { jobName } from './jobs-fields';

interface Failure {
	job: Job;
	text: string;
	requestId: string | null;
}

interface RunForJobsProps {
	jobs: Job[];
	question: string;
	confirmLabel: string;
	/** `key` is the same for a job however often it is tried in this window. */
	run: ( job: Job, key: string ) => Promise< unknown >;
	/** `text` tells that everything was done; '' where this window still tells what was not, and some remain. */
	onDone: ( text: string, remaining: Job[] ) => void;
	close: () => void;
}

/** How a run ended: what failed, and what was not begun when it was stopped. */
interface End {
	failures: Failure[];
	left: Job[];
	done: number;
}

/**
 * Does one thing to one job after the other from this window: asks first, counts, can be stopped, and lists what has failed, to be tried
 * again alone. Closing it stops it; the browser asks before it leaves the page meanwhile.
 */
export function RunForJobs( { jobs, question, confirmLabel, run, onDone, close }: RunForJobsProps ) {
	// The table loads anew while this is open: what was chosen stays chosen.
	const [ chosen ] = useState( jobs );
	const [ end, setEnd ] = useState< End | null >( null );
	const [ done, setDone ] = useState< number | null >( null );
	const [ isStopping, setIsStopping ] = useState( false );
	const keys = useRef( new Map< string, string >() );
	const isStopped = useRef( false );
	const isRunning = done !== null;
	const todo = end ? toDoOf( end.failures, end.left ) : chosen;
	useUnsavedWarning( isRunning );
	useEffect( () => {
		isStopped.current = false;
		return () => {
			isStopped.current = true;
		};
	}, [] );

	async function start() {
		const failures: Failure[] = [];
		let index = 0;
		isStopped.current = false;
		for ( ; index < todo.length && ! isStopped.current; index++ ) {
			const job = todo[ index ]!;
			setDone( index );
			const key = keys.current.get( job.uuid ) ?? createUuid();
			keys.current.set( job.uuid, key );
			try {
				await run( job, key );
			} catch ( error ) {
				failures.push( { job, ...describeFailure( error ) } );
			}
		}
		const left = todo.slice( index );
		setDone( null );
		setIsStopping( false );
		const remaining = toDoOf( failures, left );
		onDone( remaining.length === 0 ? doneText( todo.length ) : '', remaining );
		if ( remaining.length === 0 ) {
			close();
		} else {
			setEnd( { failures, left, done: index - failures.length } );
		}
	}

	function stop() {
		isStopped.current = true;
		setIsStopping( true );
	}

	return (
		<div className="draftkeeper-run">
			{ ! end && <p><strong>{ countText( todo.length ) }</strong> { question }</p> }
			<p role="status">{ statusText( done, todo.length, isStopping, end ) }</p>
			{ isRunning && <progress max={ todo.length } value={ done } aria-hidden="true" /> }
			{ end && end.failures.length > 0 && ! isRunning && (
				<ul className="draftkeeper-findings">
					{ end.failures.map( ( { job, text, requestId } ) => (
						<li key={ job.uuid }>
							<p><strong>{ jobName( job ) }</strong></p>
							<p>{ text }</p>
							{ requestId && <p>{ __( 'Request ID:', 'draftkeeper' ) } <CopyableId id={ requestId } label={ __( 'Copy request ID', 'draftkeeper' ) } /></p> }
						</li>
					) ) }
				</ul>
			) }
			<div className="draftkeeper-run__buttons">
				{ isRunning ? (
					<Button __next40pxDefaultSize variant="tertiary" accessibleWhenDisabled disabled={ isStopping } onClick={ stop }>
						{ __( 'Do no more', 'draftkeeper' ) }
					</Button>
				) : (
					<Button __next40pxDefaultSize variant="tertiary" onClick={ close }>{ __( 'Close', 'draftkeeper' ) }</Button>
				) }
				<Button __next40pxDefaultSize variant="primary" isBusy={ isRunning } accessibleWhenDisabled disabled={ isRunning } onClick={ start }>
					{ buttonText( end, confirmLabel ) }
				</Button>
			</div>
		</div>
	);
}

function toDoOf( failures: Failure[], left: Job[] ): Job[] {
	return [ ...failures.map( ( { job } ) => job ), ...left ];
}

function countText( count: number ): string {
	/* translators: %d: number of jobs */
	return sprintf( _n( '%d job.', '%d jobs.', count, 'draftkeeper' ), count );
}

function buttonText( end: End | null, confirmLabel: string ): string {
	if ( ! end ) {
		return confirmLabel;
	}
	return end.left.length > 0 ? __( 'Go on with the rest', 'draftkeeper' ) : __( 'Try these again', 'draftkeeper' );
}

function statusText( running: number | null, count: number, isStopping: boolean, end: End | null ): string {
	if ( running !== null ) {
		/* translators: 1: number of the job that is under way, 2: number of all */
		const text = sprintf( __( '%1$d of %2$d…', 'draftkeeper' ), running + 1, count );
		return `${ text } ${ isStopping ? __( 'It stops after this one.', 'draftkeeper' ) : __( 'Leave this page open until it is done.', 'draftkeeper' ) }`;
	}
	const { failures = [], left = [], done = 0 } = end ?? {};
	return [
		left.length > 0 ? doneText( done ) : '',
		/* translators: %d: number of jobs */
		left.length > 0 ? sprintf( _n( '%d job was not begun.', '%d jobs were not begun.', left.length, 'draftkeeper' ), left.length ) : '',
		/* translators: %d: number of jobs */
		failures.length > 0 ? sprintf( _n( '%d job could not be done:', '%d jobs could not be done:', failures.length, 'draftkeeper' ), failures.length ) : '',
	].filter( Boolean ).join( ' ' );
}

function doneText( count: number ): string {
	/* translators: %d: number of jobs */
	return sprintf( _n( 'Done: %d job.', 'Done: %d jobs.', count, 'draftkeeper' ), count );
}

function describeFailure( error: unknown ): Omit< Failure, 'job' > {
	if ( ! ( error instanceof ApiError ) ) {
		return { text: __( 'Something went wrong.', 'draftkeeper' ), requestId: null };
	}
	const { what, next } = explainError( error );
	return { text: `${ what } ${ next }`, requestId: error.requestId };
}
