import type { Job } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';
import { CopyableId } from '../../ui/copyable-id';
import { explainError } from '../../ui/explain-error';
import { formatCount, formatMicros } from '../../ui/format-money';
import { jobStatusText } from '../../ui/job-status';
import { NumberOr, PostLink, Time } from '../shell/cells';
import { DetailList, type Detail } from '../shell/detail-list';
import { taskLabels } from '../shell/task-labels';
import { reviewOf, statusLabels } from './jobs-fields';

/** Everything about one job but its texts. */
export function JobDetails( { job }: { job: Job } ) {
	const failure = job.status === 'failed' ? explainError( { ...job.error, requestId: job.request_id } ) : null;
	const review = job.status === 'succeeded' ? job.review : null;
	const details: Detail[] = [
		[ __( 'Status', 'draftkeeper' ), <span key="status" className={ `draftkeeper-badge is-${ job.status }` }>{ statusLabels()[ job.status ] }</span> ],
		[ failure ? __( 'Cause', 'draftkeeper' ) : __( 'State', 'draftkeeper' ), failure ? failure.what : jobStatusText( job ) ],
		[ __( 'Next step', 'draftkeeper' ), failure?.next ],
		[ __( 'Page', 'draftkeeper' ), <PostLink key="post" post={ job.post ?? null } /> ],
		[ __( 'Review', 'draftkeeper' ), review?.reviewed_by ? `${ reviewOf( job ) } · ${ review.reviewed_by.name }` : reviewOf( job ) ],
		[ __( 'User', 'draftkeeper' ), job.user?.name ?? __( 'Nobody', 'draftkeeper' ) ],
		[ __( 'Task', 'draftkeeper' ), taskLabels()[ job.task ] ],
		[ __( 'Model', 'draftkeeper' ), job.model ?? __( 'The gateway’s choice', 'draftkeeper' ) ],
		[ __( 'Attempts', 'draftkeeper' ), formatCount( job.attempts ) ],
		[ __( 'Cost', 'draftkeeper' ), <NumberOr key="cost" value={ job.cost_micros } format={ formatMicros } /> ],
		[ __( 'Billing', 'draftkeeper' ), job.maybe_billed_twice && __( 'A crash hid how a call ended, and it was made again: the provider may have billed both.', 'draftkeeper' ) ],
		[ __( 'Tokens in', 'draftkeeper' ), <NumberOr key="in" value={ job.tokens_in } format={ formatCount } /> ],
		[ __( 'Tokens out', 'draftkeeper' ), <NumberOr key="out" value={ job.tokens_out } format={ formatCount } /> ],
		[ __( 'Asked for', 'draftkeeper' ), <Time key="created" time={ job.created_at } /> ],
		[ __( 'Ended', 'draftkeeper' ), 'finished_at' in job && <Time key="finished" time={ job.finished_at } /> ],
		[ __( 'Asked again for', 'draftkeeper' ), job.retry_of && <CopyableId key="retry" id={ job.retry_of } label={ __( 'Copy the ID of the first job', 'draftkeeper' ) } /> ],
		[ __( 'Job ID', 'draftkeeper' ), <CopyableId key="uuid" id={ job.uuid } label={ __( 'Copy job ID', 'draftkeeper' ) } /> ],
		[ __( 'Request ID', 'draftkeeper' ), <CopyableId key="request" id={ job.request_id } label={ __( 'Copy request ID', 'draftkeeper' ) } /> ],
	];
	return <DetailList details={ details } />;
}
