import { jobStatuses, tasks, type Job, type JobStatus, type UsageChoices } from '@draftkeeper/contract';
import type { Field } from '@wordpress/dataviews';
import { __ } from '@wordpress/i18n';
import { reviewFilters } from '../../api/job-list';
import { CopyableId } from '../../ui/copyable-id';
import { explainError } from '../../ui/explain-error';
import { formatCount, formatMicros } from '../../ui/format-money';
import { jobStatusText } from '../../ui/job-status';
import { formatTime, NumberOr, PostLink, postTitle, Time } from '../shell/cells';
import { taskLabels } from '../shell/task-labels';

export const statusLabels = (): Record< JobStatus, string > => ( {
	pending: __( 'Waiting', 'draftkeeper' ),
	running: __( 'Running', 'draftkeeper' ),
	succeeded: __( 'Succeeded', 'draftkeeper' ),
	failed: __( 'Failed', 'draftkeeper' ),
	canceled: __( 'Canceled', 'draftkeeper' ),
} );

export const reviewLabels = (): Record< ( typeof reviewFilters )[ number ], string > => ( {
	waiting: __( 'Waits for a review', 'draftkeeper' ),
	accepted: __( 'Accepted', 'draftkeeper' ),
	edited: __( 'Edited and accepted', 'draftkeeper' ),
	discarded: __( 'Discarded', 'draftkeeper' ),
} );

/** What tells a job from others. */
export function jobName( { post, created_at }: Job ): string {
	return `${ postTitle( post ?? null ) } · ${ formatTime( created_at ) }`;
}

/** Why a job is where it is, in one sentence; null where its status says it all. */
export function causeOf( job: Job ): string | null {
	if ( job.status === 'failed' ) {
		return explainError( { ...job.error, requestId: job.request_id } ).what;
	}
	return ( 'wait_reason' in job && job.wait_reason ) || job.cancel_pending ? jobStatusText( job ) : null;
}

export function reviewOf( job: Job ): string | null {
	return job.status === 'succeeded' ? reviewLabels()[ job.review?.decision ?? 'waiting' ] : null;
}

/** Columns of the list. `day` and `task` are filters and no columns. */
export function jobsFields( { users, models }: UsageChoices ): Field< Job >[] {
	const labels = statusLabels();
	const choice = { enableSorting: false, filterBy: { operators: [ 'is' as const ], isPrimary: true } };
	const plain = { enableSorting: false, filterBy: false as const };
	return [
		{
			...plain,
			id: 'created_at',
			label: __( 'Time', 'draftkeeper' ),
			enableHiding: false,
			// The name of the row's box for those who hear it.
			getValue: ( { item } ) => jobName( item ),
			render: ( { item } ) => <Time time={ item.created_at } />,
		},
		{
			...choice,
			id: 'status',
			label: __( 'Status', 'draftkeeper' ),
			elements: jobStatuses.map( ( value ) => ( { value, label: labels[ value ] } ) ),
			render: ( { item } ) => (
				<span className="draftkeeper-outcome">
					<span className={ `draftkeeper-badge is-${ item.status }` }>{ labels[ item.status ] }</span>
					{ causeOf( item ) && <span className="draftkeeper-outcome__error">{ causeOf( item ) }</span> }
				</span>
			),
		},
		{
			...choice,
			id: 'user',
			label: __( 'User', 'draftkeeper' ),
			elements: users.map( ( { id, name } ) => ( { value: id, label: name } ) ),
			getValue: ( { item } ) => item.user?.id ?? 0,
			render: ( { item } ) => <>{ item.user?.name ?? __( 'Nobody', 'draftkeeper' ) }</>,
		},
		{
			...choice,
			id: 'review',
			label: __( 'Review', 'draftkeeper' ),
			elements: reviewFilters.map( ( value ) => ( { value, label: reviewLabels()[ value ] } ) ),
			getValue: ( { item } ) => reviewOf( item ) ?? '',
			render: ( { item } ) => <>{ reviewOf( item ) }</>,
		},
		{
			id: 'day',
			label: __( 'Date', 'draftkeeper' ),
			type: 'date',
			enableSorting: false,
			enableHiding: false,
			filterBy: { operators: [ 'between', 'on', 'afterInc', 'beforeInc' ], isPrimary: true },
		},
		{
			id: 'post',
			label: __( 'Page', 'draftkeeper' ),
			type: 'text',
			enableSorting: false,
			filterBy: { operators: [ 'is' ] },
			getValue: ( { item } ) => String( item.post_id ?? '' ),
			render: ( { item } ) => <PostLink post={ item.post ?? null } />,
		},
		{
			id: 'model',
			label: __( 'Model', 'draftkeeper' ),
			enableSorting: false,
			elements: models.map( ( value ) => ( { value, label: value } ) ),
			filterBy: { operators: [ 'is' ] },
			getValue: ( { item } ) => item.model ?? '',
			render: ( { item } ) => <>{ item.model ?? __( 'The gateway’s choice', 'draftkeeper' ) }</>,
		},
		{
			id: 'task',
			label: __( 'Task', 'draftkeeper' ),
			enableSorting: false,
			elements: tasks.map( ( value ) => ( { value, label: taskLabels()[ value ] } ) ),
			filterBy: { operators: [ 'is' ] },
			render: ( { item } ) => <>{ taskLabels()[ item.task ] }</>,
		},
		{ ...plain, id: 'attempts', label: __( 'Attempts', 'draftkeeper' ), type: 'integer', render: ( { item } ) => <NumberOr value={ item.attempts } format={ formatCount } /> },
		{ ...plain, id: 'cost_micros', label: __( 'Cost', 'draftkeeper' ), type: 'integer', getValue: ( { item } ) => item.cost_micros ?? 0, render: ( { item } ) => <NumberOr value={ item.cost_micros } format={ formatMicros } /> },
		{
			...plain,
			id: 'request_id',
			label: __( 'Request ID', 'draftkeeper' ),
			render: ( { item } ) => <CopyableId id={ item.request_id } shownLength={ 8 } label={ __( 'Copy request ID', 'draftkeeper' ) } />,
		},
	];
}
