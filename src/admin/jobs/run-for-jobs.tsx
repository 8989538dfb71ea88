import type { Job } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { createUuid } from '../../api/uuid';
import { explainError } from '../../ui/explain-error';

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
	onDone: () => void;
	close: ( () => void ) | undefined;
}

/** Does one thing to one job after the other: asks first, counts, and lists what has failed, to be tried again alone. */
export function RunForJobs( { jobs, question, confirmLabel, run, onDone, close }: RunForJobsProps ) {
	// The table loads anew while this is open: what was chosen stays chosen.
	const [ chosen ] = useState( jobs );
	const [ failures, setFailures ] = useState< Failure[] | null >( null );
	const [ done, setDone ] = useState< number | null >( null );
	const keys = useRef( new Map< string, string >() );
	const isRunning = done !== null;
	const todo = failures ? failures.map( ( { job } ) => job ) : chosen;

	async function start() {
		const failed: Failure[] = [];
		for ( const [ index, job ] of todo.entries() ) {
			setDone( index );
			const key = keys.current.get( job.uuid ) ?? createUuid();
			keys.current.set( job.uuid, key );
			try {
				await run( job, key );
			} catch ( error ) {
				failed.push( { job, text: failureText( error ) } );
			}
		}
		setDone( null );
		onDone();
		if ( failed.length === 0 ) {
			close?.();
		} else {
			setFailures( failed );
		}
	}

	return (
		<div className="draftkeeper-run">
			<p>
				<strong>{ countText( todo.length ) }</strong>{ ' ' }
				{ ! failures && question }
			</p>
			<p role="status">{ statusText( done, todo.length, failures?.length ?? 0 ) }</p>
			{ failures && ! isRunning && (
				<ul className="draftkeeper-findings">
					{ failures.map( ( { job, text } ) => <li key={ job.uuid }><p><strong>{ job.post?.title ?? job.uuid }</strong></p><p>{ text }</p></li> ) }
				</ul>
			) }
			<div className="draftkeeper-run__buttons">
				<Button __next40pxDefaultSize variant="tertiary" onClick={ close }>{ __( 'Close', 'draftkeeper' ) }</Button>
				<Button __next40pxDefaultSize variant="primary" isBusy={ isRunning } accessibleWhenDisabled disabled={ isRunning } onClick={ start }>
					{ failures ? __( 'Try these again', 'draftkeeper' ) : confirmLabel }
				</Button>
			</div>
		</div>
	);
}

function countText( count: number ): string {
	/* translators: %d: number of jobs */
	return sprintf( _n( '%d job.', '%d jobs.', count, 'draftkeeper' ), count );
}

function statusText( done: number | null, count: number, failed: number ): string {
	if ( done !== null ) {
		/* translators: 1: number of the job that is under way, 2: number of all */
		return sprintf( __( '%1$d of %2$d…', 'draftkeeper' ), done + 1, count );
	}
	/* translators: %d: number of jobs */
	return failed > 0 ? sprintf( _n( '%d job could not be done:', '%d jobs could not be done:', failed, 'draftkeeper' ), failed ) : '';
}

function failureText( error: unknown ): string {
	if ( ! ( error instanceof ApiError ) ) {
		return __( 'Something went wrong.', 'draftkeeper' );
	}
	const { what, next } = explainError( error );
	return `${ what } ${ next }`;
}
