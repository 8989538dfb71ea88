import type { FactProblem } from '@draftkeeper/contract';
import { Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

const kindLabels = (): Record< FactProblem[ 'kind' ], string > => ( {
	missing: __( 'Missing', 'draftkeeper' ),
	contradictory: __( 'Contradictory', 'draftkeeper' ),
	dirty: __( 'Unclear', 'draftkeeper' ),
} );

/** What is wrong with the facts, before anything is sent: a draft can only be as true as they are. */
export function FactProblems( { problems }: { problems: FactProblem[] } ) {
	if ( problems.length === 0 ) {
		return null;
	}
	const labels = kindLabels();
	return (
		<Notice className="draftkeeper-notice" status="warning" isDismissible={ false } politeness="polite">
			<p className="draftkeeper-notice__text">
				<strong>{ __( 'Check these facts.', 'draftkeeper' ) }</strong>{ ' ' }
				{ __( 'You can generate anyway; the draft may then be thin or wrong.', 'draftkeeper' ) }
			</p>
			<ul className="draftkeeper-problems">
				{ problems.map( ( { kind, field, message } ) => (
					<li key={ `${ kind } ${ field } ${ message }` }>
						<span className={ `draftkeeper-badge is-${ kind }` }>{ labels[ kind ] }</span> { message }
					</li>
				) ) }
			</ul>
		</Notice>
	);
}
