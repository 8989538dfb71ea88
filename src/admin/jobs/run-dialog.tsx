import type { Job } from '@draftkeeper/contract';
import { Modal } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { retryJob } from '../../api/job-list';
import { cancelJob } from '../../api/jobs';
import { createUuid } from '../../api/uuid';
import { RunForJobs } from './run-for-jobs';

export type RunKind = 'retry' | 'cancel';

interface Run {
	title: string;
	question: string;
	confirmLabel: string;
	run: ( job: Job, key: string ) => Promise< unknown >;
}

const runs: Record< RunKind, () => Run > = {
	retry: () => ( {
		title: __( 'Ask again', 'draftkeeper' ),
		question: __( 'Each is asked for again as a new job, which costs as much as the first one. The old ones stay in the list.', 'draftkeeper' ),
		confirmLabel: __( 'Ask again', 'draftkeeper' ),
		run: ( job, key ) => retryJob( job.uuid, { idempotencyKey: key, requestId: createUuid() } ),
	} ),
	cancel: () => ( {
		title: __( 'Stop jobs', 'draftkeeper' ),
		question: __( 'They stop at once. What the provider has written already is thrown away; what it has cost stays in the books.', 'draftkeeper' ),
		confirmLabel: __( 'Stop these jobs', 'draftkeeper' ),
		run: ( job ) => cancelJob( job.uuid, createUuid() ),
	} ),
};

/** Asks before one thing is done to many jobs, and stays until somebody has read what could not be done. */
export function RunDialog( { kind, jobs, onDone, close }: {
	kind: RunKind;
	jobs: Job[];
	onDone: ( text: string, remaining: Job[] ) => void;
	close: () => void;
} ) {
	const { title, ...run } = runs[ kind ]();
	return (
		<Modal title={ title } size="medium" onRequestClose={ close }>
			<RunForJobs { ...run } jobs={ jobs } onDone={ onDone } close={ close } />
		</Modal>
	);
}
