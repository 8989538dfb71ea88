import type { Job, WaitReason } from '@draftkeeper/contract';
import { Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

const SLOW_AFTER_SECONDS = 60;

function waitReasonText( reason: WaitReason ): string {
	switch ( reason ) {
		case 'gateway_unreachable':
			return __( 'The gateway cannot be reached right now. Your request is saved and is sent as soon as it answers.', 'draftkeeper' );
		case 'gateway_busy':
			return __( 'The gateway has much to do. Your request is saved and is sent again in a moment.', 'draftkeeper' );
		case 'gateway_disabled':
			return __( 'The operator of the gateway has switched it off for this site. Your request is saved and is sent when it is on again.', 'draftkeeper' );
		case 'gateway_error':
			return __( 'The gateway has a problem. Your request is saved and is sent again until it works.', 'draftkeeper' );
		case 'gateway_refused_signature':
			return __( 'The gateway does not recognise this site. Your request is saved; an administrator has to check the connection.', 'draftkeeper' );
		case 'gateway_not_found':
			return __( 'There is no gateway at the address that is set. Your request is saved; an administrator has to check the address.', 'draftkeeper' );
		case 'contract_unsupported':
			return __( 'Draftkeeper and its gateway have versions that do not fit together. Your request is saved; an administrator has to update one of them.', 'draftkeeper' );
		case 'site_moved':
			return __( 'This site has a new address that its gateway does not know. Your request is saved; an administrator has to register the address.', 'draftkeeper' );
		case 'encryption_key_missing':
			return __( 'Your request is saved, but the key to read it is missing on this site; an administrator has to set it.', 'draftkeeper' );
		case 'provider_unavailable':
			return __( 'The AI provider does not answer right now, has too much to do, or the gateway holds this draft back. It is written as soon as it can be.', 'draftkeeper' );
		default:
			throw new Error( `Unknown wait reason ${ reason satisfies never }` );
	}
}

/** One sentence about where a job stands. */
export function jobStatusText( job: Job ): string {
	if ( job.cancel_pending && job.status !== 'canceled' ) {
		return __( 'Stopping…', 'draftkeeper' );
	}
	switch ( job.status ) {
		case 'pending':
			return job.wait_reason ? waitReasonText( job.wait_reason ) : __( 'Sending your request…', 'draftkeeper' );
		case 'running':
			return job.wait_reason ? waitReasonText( job.wait_reason ) : __( 'Writing a draft…', 'draftkeeper' );
		case 'succeeded':
			return __( 'A draft is ready for your review.', 'draftkeeper' );
		case 'failed':
			return __( 'The draft could not be written.', 'draftkeeper' );
		case 'canceled':
			return __( 'Stopped. Nothing was changed.', 'draftkeeper' );
		default:
			throw new Error( `Unknown job ${ job satisfies never }` );
	}
}

export function formatElapsed( seconds: number ): string {
	const minutes = Math.floor( seconds / 60 );
	return `${ minutes }:${ String( seconds % 60 ).padStart( 2, '0' ) }`;
}

function useElapsedSeconds( since: string | null ): number {
	const [ now, setNow ] = useState( Date.now );
	useEffect( () => {
		const timer = setInterval( () => setNow( Date.now() ), 1000 );
		return () => clearInterval( timer );
	}, [] );
	// The server's clock may be ahead of this one.
	return since ? Math.max( 0, Math.floor( ( now - Date.parse( since ) ) / 1000 ) ) : 0;
}

/** A job on its way. The live region changes with the state, not with every second. */
export function JobStatus( { text, since }: { text: string; since: string | null } ) {
	const seconds = useElapsedSeconds( since );
	return (
		<div className="draftkeeper-status">
			<Spinner />
			<div className="draftkeeper-status__text">
				<p className="draftkeeper-status__now">
					<span role="status" aria-live="polite">{ text }</span>
					{ since && <span className="draftkeeper-status__time" role="timer" aria-live="off">{ formatElapsed( seconds ) }</span> }
				</p>
				<p className="draftkeeper-status__hint">
					{ seconds >= SLOW_AFTER_SECONDS && __( 'This takes longer than usual.', 'draftkeeper' ) }{ ' ' }
					{ __( 'You need not wait: the draft stays with this product, even if you close the page.', 'draftkeeper' ) }
				</p>
			</div>
		</div>
	);
}
