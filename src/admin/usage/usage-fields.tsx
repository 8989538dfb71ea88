import { attemptStatuses, type AttemptStatus, type UsageChoices, type UsageRow } from '@draftkeeper/contract';
import type { Field } from '@wordpress/dataviews';
import { __, sprintf } from '@wordpress/i18n';
import { CopyableId } from '../../ui/copyable-id';
import { explainError } from '../../ui/explain-error';
import { formatCount, formatDuration, formatMicros } from '../../ui/format-money';
import { NumberOr, PostLink, Time } from '../shell/cells';

export const statusLabels = (): Record< AttemptStatus, string > => ( {
	succeeded: __( 'Succeeded', 'draftkeeper' ),
	failed: __( 'Failed', 'draftkeeper' ),
	canceled: __( 'Canceled', 'draftkeeper' ),
} );

const numberOr = ( value: number | null, format: ( value: number ) => string ) => <NumberOr value={ value } format={ format } />;

/** Columns of the log. `day` is a filter and no column. Without `isSortable` time is the only order. */
export function usageFields( { users, models }: UsageChoices, isSortable: boolean ): Field< UsageRow >[] {
	const labels = statusLabels();
	const number = ( id: 'tokens_in' | 'tokens_out', label: string ): Field< UsageRow > => ( {
		id,
		label,
		type: 'integer',
		enableSorting: isSortable,
		filterBy: false,
		getValue: ( { item } ) => item[ id ] ?? 0,
		render: ( { item } ) => numberOr( item[ id ], formatCount ),
	} );
	return [
		{
			id: 'created_at',
			label: __( 'Time', 'draftkeeper' ),
			type: 'datetime',
			enableHiding: false,
			filterBy: false,
			render: ( { item } ) => <Time time={ item.created_at } />,
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
			id: 'user',
			label: __( 'User', 'draftkeeper' ),
			enableSorting: false,
			elements: users.map( ( { id, name } ) => ( { value: id, label: name } ) ),
			filterBy: { operators: [ 'isAny' ], isPrimary: true },
			getValue: ( { item } ) => item.user?.id ?? 0,
			render: ( { item } ) => <>{ item.user?.name ?? __( 'Nobody', 'draftkeeper' ) }</>,
		},
		{
			id: 'status',
			label: __( 'Outcome', 'draftkeeper' ),
			enableSorting: false,
			elements: attemptStatuses.map( ( value ) => ( { value, label: labels[ value ] } ) ),
			filterBy: { operators: [ 'isAny' ], isPrimary: true },
			render: ( { item } ) => (
				<span className="draftkeeper-outcome">
					<span className={ `draftkeeper-badge is-${ item.status }` }>{ labels[ item.status ] }</span>
					{ item.cached && <span className="draftkeeper-badge">{ __( 'From cache', 'draftkeeper' ) }</span> }
					{ item.attempt > 1 && (
						/* translators: %d: number of the attempt */
						<span className="draftkeeper-unknown">{ sprintf( __( 'attempt %d', 'draftkeeper' ), item.attempt ) }</span>
					) }
					{ item.error_code && (
						<span className="draftkeeper-outcome__error" title={ item.error_code }>
							{ explainError( { code: item.error_code, message: '', requestId: null } ).what }
						</span>
					) }
				</span>
			),
		},
		{
			id: 'post',
			label: __( 'Page', 'draftkeeper' ),
			enableSorting: false,
			filterBy: false,
			getValue: ( { item } ) => item.post?.title ?? '',
			render: ( { item } ) => <PostLink post={ item.post } />,
		},
		{
			id: 'model',
			label: __( 'Model', 'draftkeeper' ),
			enableSorting: false,
			elements: models.map( ( value ) => ( { value, label: value } ) ),
			filterBy: { operators: [ 'is' ] },
			render: ( { item } ) => <span className="draftkeeper-model">{ item.model }{ item.provider !== item.model && <small>{ item.provider }</small> }</span>,
		},
		number( 'tokens_in', __( 'Tokens in', 'draftkeeper' ) ),
		number( 'tokens_out', __( 'Tokens out', 'draftkeeper' ) ),
		{
			id: 'cost_micros',
			label: __( 'Cost', 'draftkeeper' ),
			type: 'integer',
			enableSorting: isSortable,
			filterBy: false,
			getValue: ( { item } ) => item.cost_micros ?? 0,
			render: ( { item } ) => numberOr( item.cost_micros, formatMicros ),
		},
		{
			id: 'provider_ms',
			label: __( 'Took', 'draftkeeper' ),
			type: 'integer',
			enableSorting: isSortable,
			filterBy: false,
			getValue: ( { item } ) => item.provider_ms ?? 0,
			render: ( { item } ) => numberOr( item.provider_ms, formatDuration ),
		},
		{
			id: 'request_id',
			label: __( 'Request ID', 'draftkeeper' ),
			enableSorting: false,
			filterBy: false,
			render: ( { item } ) => <CopyableId id={ item.request_id } shownLength={ 8 } label={ __( 'Copy request ID', 'draftkeeper' ) } />,
		},
	];
}
