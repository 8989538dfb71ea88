import type { Bootstrap, Job } from '@draftkeeper/contract';
import type { Action } from '@wordpress/dataviews';
import { __ } from '@wordpress/i18n';
import { notAllowed, update } from '@wordpress/icons';
import { isTerminal } from '../../api/jobs';
import { JobDetails } from './job-details';
import type { RunKind } from './run-dialog';

/**
 * What can be done with jobs, by who may do it; the server decides for each job. Runs are only begun here: a dialog of the table goes as
 * soon as no chosen job can be chosen any more, and what could not be done with it.
 */
export function jobsActions( { can, user_id }: Pick< Bootstrap, 'can' | 'user_id' >, onRun: ( kind: RunKind, jobs: Job[] ) => void ): Action< Job >[] {
	const details: Action< Job > = {
		id: 'details',
		label: __( 'Details', 'draftkeeper' ),
		modalHeader: __( 'Job', 'draftkeeper' ),
		RenderModal: ( { items } ) => <JobDetails job={ items[ 0 ]! } />,
	};
	const retry: Action< Job > = {
		id: 'retry',
		label: __( 'Ask again', 'draftkeeper' ),
		// Without an icon DataViews leaves an action out on small screens.
		icon: update,
		supportsBulk: true,
		isEligible: ( job ) => job.status === 'failed' || job.status === 'canceled',
		callback: ( jobs ) => onRun( 'retry', jobs ),
	};
	const cancel: Action< Job > = {
		id: 'cancel',
		label: __( 'Stop', 'draftkeeper' ),
		icon: notAllowed,
		supportsBulk: true,
		isEligible: ( job ) => ! isTerminal( job ) && ! job.cancel_pending && ( can.manage || job.user?.id === user_id ),
		callback: ( jobs ) => onRun( 'cancel', jobs ),
	};
	return [ details, ...( can.generate ? [ retry ] : [] ), cancel ];
}
