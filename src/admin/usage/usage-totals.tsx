import type { UsageTotals as Totals } from '@draftkeeper/contract';
import { __, sprintf } from '@wordpress/i18n';
import { formatCount, formatMicros } from '../../ui/format-money';

/** Sums of everything that the filter leaves, not of one page. */
export function UsageTotals( { totals, isFiltered }: { totals: Totals | null; isFiltered: boolean } ) {
	const cards = [
		{
			label: __( 'Cost', 'draftkeeper' ),
			value: totals && formatMicros( totals.cost_micros ),
			note: __( 'US dollars', 'draftkeeper' ),
		},
		{
			label: __( 'Calls', 'draftkeeper' ),
			value: totals && formatCount( totals.attempts ),
			/* translators: 1: number of successful calls, 2: failed ones, 3: canceled ones */
			note: totals && sprintf( __( '%1$s succeeded, %2$s failed, %3$s canceled', 'draftkeeper' ),
				formatCount( totals.succeeded ), formatCount( totals.failed ), formatCount( totals.canceled ) ),
		},
		{
			label: __( 'Tokens in', 'draftkeeper' ),
			value: totals && formatCount( totals.tokens_in ),
			note: __( 'Instructions and facts', 'draftkeeper' ),
		},
		{
			label: __( 'Tokens out', 'draftkeeper' ),
			value: totals && formatCount( totals.tokens_out ),
			note: __( 'Written text', 'draftkeeper' ),
		},
	];
	return (
		<section aria-label={ isFiltered ? __( 'Totals of the filtered calls', 'draftkeeper' ) : __( 'Totals of all calls', 'draftkeeper' ) }>
			<dl className="draftkeeper-totals">
				{ cards.map( ( { label, value, note } ) => (
					<div className="draftkeeper-totals__card" key={ label }>
						<dt>{ label }</dt>
						<dd className="draftkeeper-totals__value">{ value ?? '–' }</dd>
						<dd className="draftkeeper-totals__note">{ note }</dd>
					</div>
				) ) }
			</dl>
		</section>
	);
}
