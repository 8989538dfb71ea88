import type { SecretState } from '@draftkeeper/contract';
import { dateI18n, getSettings, humanTimeDiff } from '@wordpress/date';
import { __, _n, sprintf } from '@wordpress/i18n';

const purposes = (): Record< string, string > => ( {
	DRAFTKEEPER_SIGNING_KEY: __( 'Signs what this site asks of the gateway.', 'draftkeeper' ),
	DRAFTKEEPER_WEBHOOK_SECRET: __( 'Proves that a result comes from the gateway.', 'draftkeeper' ),
	DRAFTKEEPER_ENCRYPTION_KEY: __( 'Encrypts texts in the database, if you want that.', 'draftkeeper' ),
} );

/** Whether each secret is there, and since when; never the secret. */
export function SecretList( { secrets }: { secrets: SecretState[] } ) {
	const purpose = purposes();
	return (
		<>
			<h3>{ __( 'Secrets', 'draftkeeper' ) }</h3>
			<p>{ __( 'Secrets stand in wp-config.php or the environment, never in the database, and are not shown here.', 'draftkeeper' ) }</p>
			<ul className="draftkeeper-secrets">
				{ secrets.map( ( secret ) => (
					<li key={ secret.constant }>
						<code>{ secret.constant }</code>
						<span className={ `draftkeeper-badge ${ badge( secret ) }` }>{ stateLabel( secret ) }</span>
						<span className="draftkeeper-secrets__note">{ purpose[ secret.constant ] }{ ' ' }{ ageText( secret ) }</span>
					</li>
				) ) }
			</ul>
		</>
	);
}

function badge( { state, is_required }: SecretState ): string {
	if ( state === 'missing' ) {
		return is_required ? 'is-missing' : '';
	}
	return state === 'usable' ? 'is-succeeded' : 'is-failed';
}

function stateLabel( { state, count, is_required }: SecretState ): string {
	switch ( state ) {
		case 'usable':
			/* translators: %d: number of secrets that are valid at the same time */
			return count > 1 ? sprintf( _n( '%d present', '%d present', count, 'draftkeeper' ), count ) : __( 'Present', 'draftkeeper' );
		case 'unusable':
			return __( 'Present, but not in a usable form', 'draftkeeper' );
		case 'missing':
			return is_required ? __( 'Missing', 'draftkeeper' ) : __( 'Not set', 'draftkeeper' );
		default:
			throw new Error( `Unknown state ${ state satisfies never }` );
	}
}

function ageText( { since }: SecretState ): string {
	if ( since === null ) {
		return '';
	}
	/* translators: 1: a date, 2: a time span such as "3 months ago" */
	return sprintf( __( 'Here since %1$s (%2$s).', 'draftkeeper' ), dateI18n( getSettings().formats.date, since, undefined ), humanTimeDiff( since, undefined ) );
}
