import type { SettingsAnswer } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';

/** The way to the first draft, until all that a connection needs is there. */
export function FirstSteps( { settings, secrets }: Pick< SettingsAnswer, 'settings' | 'secrets' > ) {
	const isComplete = [ settings.gateway_url, settings.site_id, settings.key_id ].every( ( value ) => value !== '' ) &&
		secrets.every( ( secret ) => ! secret.is_required || secret.state !== 'missing' );
	if ( isComplete ) {
		return null;
	}
	return (
		<section className="draftkeeper-card" aria-labelledby="draftkeeper-first-steps">
			<h2 id="draftkeeper-first-steps">{ __( 'The way to the first draft', 'draftkeeper' ) }</h2>
			<ol className="draftkeeper-steps">
				<li>{ __( 'Start a gateway on a server: the file deploy/README.md of the project says how, step by step. Where somebody runs one for you, ask for its address.', 'draftkeeper' ) }</li>
				<li>{ __( 'If the gateway has made the keys (“sites add”), put the lines that it has shown into wp-config.php. If not, enter its address below, press “Make new keys” and put the lines where it says.', 'draftkeeper' ) }</li>
				<li>{ __( 'Load this page again and press “Test connection”. It says what is still missing, and what to do about it.', 'draftkeeper' ) }</li>
				<li>{ __( 'Open a product or a page in the editor and add the block “Product description”.', 'draftkeeper' ) }</li>
			</ol>
		</section>
	);
}
