import type { ConnectionTest as Test } from '@draftkeeper/contract';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { testConnection } from '../../api/settings';
import { ErrorNotice } from '../../ui/error-notice';

type Finding = Test[ 'findings' ][ number ];

const levelLabels = (): Record< Finding[ 'level' ], string > => ( {
	good: __( 'Good', 'draftkeeper' ),
	recommended: __( 'Should be improved', 'draftkeeper' ),
	critical: __( 'Does not work', 'draftkeeper' ),
} );
const badges: Record< Finding[ 'level' ], string > = { good: 'is-succeeded', recommended: 'is-missing', critical: 'is-failed' };

/** Tries what is saved, to the gateway and back, and says of each failure what to do about it. */
export function ConnectionTest( { isDirty }: { isDirty: boolean } ) {
	const test = useMutation( { mutationFn: testConnection } );
	const findings = test.data?.findings ?? [];
	const labels = levelLabels();
	return (
		<div className="draftkeeper-action">
			<Button
				__next40pxDefaultSize
				variant="secondary"
				isBusy={ test.isPending }
				accessibleWhenDisabled
				disabled={ test.isPending || isDirty }
				aria-describedby="draftkeeper-test-hint"
				onClick={ () => test.mutate() }
			>
				{ __( 'Test connection', 'draftkeeper' ) }
			</Button>
			<p id="draftkeeper-test-hint">
				{ isDirty ? __( 'Save your changes first: what is saved is tested.', 'draftkeeper' ) : __( 'Asks the gateway a signed question, and sends this site a signed message as the gateway would.', 'draftkeeper' ) }
			</p>
			<p className="screen-reader-text" role="status">{ summary( test.isPending, findings ) }</p>
			{ test.error instanceof ApiError && <ErrorNotice failure={ test.error } onRetry={ () => test.mutate() } /> }
			{ findings.length > 0 && (
				<ul className="draftkeeper-findings">
					{ findings.map( ( { check, level, label, text, next } ) => (
						<li key={ check }>
							<p><span className={ `draftkeeper-badge ${ badges[ level ] }` }>{ labels[ level ] }</span> <strong>{ label }</strong></p>
							<p>{ text }</p>
							{ next && <p>{ next }</p> }
						</li>
					) ) }
				</ul>
			) }
		</div>
	);
}

function summary( isPending: boolean, findings: Finding[] ): string {
	if ( isPending ) {
		return __( 'Testing the connection…', 'draftkeeper' );
	}
	if ( findings.length === 0 ) {
		return '';
	}
	const bad = findings.filter( ( { level } ) => level !== 'good' ).length;
	if ( bad === 0 ) {
		return __( 'The connection works.', 'draftkeeper' );
	}
	/* translators: %d: number of problems */
	return sprintf( _n( '%d problem was found.', '%d problems were found.', bad, 'draftkeeper' ), bad );
}
