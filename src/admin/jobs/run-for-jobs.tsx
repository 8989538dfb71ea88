import type { Job } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { createUuid } from '../../api/uuid';
import { explainError } from '../../ui/explain-error';
import { useUnsavedWarning } from '../shell/use-saved-form';

interface Failure {
	job: Job;
	text: string;
}

interface RunForJobsProps {
	jobs: Job[];
	question: string;
	confirmLabel: string;
	/** `key` is the same for a job however often it is tried in this window. */
	run: ( job: Job, key: string ) => Promise< unknown >;
	/** `text` tells that everything was done; '' where this window still tells what was not. */
	onDone: ( text: string ) => void;
	close: ( () => void ) | undefined;
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
	const todo = end ? [ ...end.failures.map( ( { job } ) => job ), ...end.left ] : chosen;
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
				failures.push( { job, text: failureText( error ) } );
			}
		}
		const left = todo.slice( index );
		setDone( null );
		setIsStopping( false );
		const isAll = failures.length + left.length === 0;
		onDone( isAll ? doneText( todo.length ) : '' );
		if ( isAll ) {
			close?.();
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
			<p>
				<strong>{ countText( todo.length ) }</strong>{ ' ' }
				{ ! end && question }
			</p>
			<p role="status">{ statusText( done, todo.length, isStopping, end ) }</p>
			{ end && end.failures.length > 0 && ! isRunning && (
				<ul className="draftkeeper-findings">
					{ end.failures.map( ( { job, text } ) => (
						<li key={ job.uuid }>
							<p><strong>{ job.post?.title ?? job.uuid }</strong></p>
							<p>{ text }</p>
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

function failureText( error: unknown ): string {
	if ( ! ( error instanceof ApiError ) ) {
		return __( 'Something went wrong.', 'draftkeeper' );
	}
	const { what, next } = explainError( error );
	return `${ what } ${ next }`;
}
