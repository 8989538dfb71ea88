import type { Bootstrap, Job } from '@draftkeeper/contract';
import type { Action } from '@wordpress/dataviews';
import { __ } from '@wordpress/i18n';
import { retryJob } from '../../api/job-list';
import { cancelJob, isTerminal } from '../../api/jobs';
import { createUuid } from '../../api/uuid';
import { JobDetails } from './job-details';
import { RunForJobs } from './run-for-jobs';

/** What can be done with jobs, by who may do it; the server decides for each job. */
export function jobsActions( { can, user_id }: Pick< Bootstrap, 'can' | 'user_id' >, onDone: ( text: string ) => void ): Action< Job >[] {
	const details: Action< Job > = {
		id: 'details',
		label: __( 'Details', 'draftkeeper' ),
		modalHeader: __( 'Job', 'draftkeeper' ),
		RenderModal: ( { items } ) => <JobDetails job={ items[ 0 ]! } />,
	};
	const retry: Action< Job > = {
		id: 'retry',
		label: __( 'Ask again', 'draftkeeper' ),
		supportsBulk: true,
		isEligible: ( job ) => job.status === 'failed' || job.status === 'canceled',
		RenderModal: ( { items, closeModal } ) => (
			<RunForJobs
				jobs={ items }
				question={ __( 'Each is asked for again as a new job, which costs as much as the first one. The old ones stay in the list.', 'draftkeeper' ) }
				confirmLabel={ __( 'Ask again', 'draftkeeper' ) }
				run={ ( job, key ) => retryJob( job.uuid, { idempotencyKey: key, requestId: createUuid() } ) }
				onDone={ onDone }
				close={ closeModal }
			/>
		),
	};
	const cancel: Action< Job > = {
		id: 'cancel',
		label: __( 'Stop', 'draftkeeper' ),
		supportsBulk: true,
		isEligible: ( job ) => ! isTerminal( job ) && ! job.cancel_pending && ( can.manage || job.user?.id === user_id ),
		RenderModal: ( { items, closeModal } ) => (
			<RunForJobs
				jobs={ items }
				question={ __( 'They stop at once. What the provider has written already is thrown away; what it has cost stays in the books.', 'draftkeeper' ) }
				confirmLabel={ __( 'Stop these jobs', 'draftkeeper' ) }
				run={ ( job ) => cancelJob( job.uuid, createUuid() ) }
				onDone={ onDone }
				close={ closeModal }
			/>
		),
	};
	return [ details, ...( can.generate ? [ retry ] : [] ), cancel ];
}
