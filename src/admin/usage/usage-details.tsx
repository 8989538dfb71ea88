import type { UsageRow } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';
import { CopyableId } from '../../ui/copyable-id';
import { explainError } from '../../ui/explain-error';
import { formatCount, formatDuration, formatMicros } from '../../ui/format-money';
import { NumberOr, PostLink, Time } from '../shell/cells';
import { DetailList } from '../shell/detail-list';
import { taskLabels } from '../shell/task-labels';
import { statusLabels } from './usage-fields';

/** Everything that the books know of one call. */
export function UsageDetails( { row }: { row: UsageRow } ) {
	const failure = row.error_code && explainError( { code: row.error_code, message: '', requestId: row.request_id } );
	return (
		<DetailList details={ [
			[ __( 'Outcome', 'draftkeeper' ), <span key="status" className={ `draftkeeper-badge is-${ row.status }` }>{ statusLabels()[ row.status ] }</span> ],
			[ __( 'Cause', 'draftkeeper' ), failure && failure.what ],
			[ __( 'Page', 'draftkeeper' ), <PostLink key="post" post={ row.post } /> ],
			[ __( 'User', 'draftkeeper' ), row.user?.name ?? __( 'Nobody', 'draftkeeper' ) ],
			[ __( 'Role', 'draftkeeper' ), row.role ],
			[ __( 'Task', 'draftkeeper' ), taskLabels()[ row.task ] ],
			[ __( 'Model', 'draftkeeper' ), row.model ],
			[ __( 'Provider', 'draftkeeper' ), row.provider ],
			[ __( 'Attempt', 'draftkeeper' ), formatCount( row.attempt ) ],
			[ __( 'Cost', 'draftkeeper' ), <NumberOr key="cost" value={ row.cost_micros } format={ formatMicros } /> ],
			[ __( 'Cache', 'draftkeeper' ), row.cached && __( 'From cache', 'draftkeeper' ) ],
			[ __( 'Tokens in', 'draftkeeper' ), <NumberOr key="in" value={ row.tokens_in } format={ formatCount } /> ],
			[ __( 'Tokens out', 'draftkeeper' ), <NumberOr key="out" value={ row.tokens_out } format={ formatCount } /> ],
			[ __( 'Waited', 'draftkeeper' ), <NumberOr key="waited" value={ row.queue_ms } format={ formatDuration } /> ],
			[ __( 'Took', 'draftkeeper' ), <NumberOr key="took" value={ row.provider_ms } format={ formatDuration } /> ],
			[ __( 'Time', 'draftkeeper' ), <Time key="time" time={ row.created_at } /> ],
			[ __( 'Counts for the day', 'draftkeeper' ), row.day ],
			[ __( 'Job ID', 'draftkeeper' ), <CopyableId key="job" id={ row.job_uuid } label={ __( 'Copy job ID', 'draftkeeper' ) } /> ],
			[ __( 'Request ID', 'draftkeeper' ), <CopyableId key="request" id={ row.request_id } label={ __( 'Copy request ID', 'draftkeeper' ) } /> ],
		] } />
	);
}
