import { __ } from '@wordpress/i18n';

const testConnection = () => __( 'Open Draftkeeper → Settings and press “Test connection”: it says what to change, and where.', 'draftkeeper' );
const lookItUp = () => __( 'The logs of this site and of the gateway tell more of the request ID below; so does “wp draftkeeper trace”.', 'draftkeeper' );

/** By the code of the error. */
const steps: Record< string, () => string > = {
	invalid_token: testConnection,
	token_expired: testConnection,
	token_replayed: testConnection,
	body_hash_mismatch: testConnection,
	clock_skew: testConnection,
	unknown_site: testConnection,
	site_moved: testConnection,
	contract_unsupported: testConnection,
	bad_signature: testConnection,
	stale_signature: testConnection,
	not_connected: () => __( 'Connect one under Draftkeeper → Settings.', 'draftkeeper' ),
	setting_locked: () => __( 'Change it in wp-config.php or in the environment.', 'draftkeeper' ),
	budget_exhausted: () => __( 'You can raise it under Draftkeeper → Limits.', 'draftkeeper' ),
	site_disabled: () => __( 'It is switched on again at the gateway: “draftkeeper-gateway sites enable”.', 'draftkeeper' ),
	model_not_allowed: () => __( 'Choose another model, or allow this one for the site in the gateway’s file.', 'draftkeeper' ),
	provider_auth: () => __( 'Put a valid key of the provider into the gateway’s environment or file of secrets.', 'draftkeeper' ),
	provider_quota: () => __( 'Add credit at the provider, or raise the limit there. Then try again.', 'draftkeeper' ),
	internal_error: () => __( 'Try again. If it happens again, look for the request ID below in the logs of this site and of the gateway.', 'draftkeeper' ),
};

/** What somebody who manages the site can do where others can only ask; null where it is the same. */
export function administratorStep( code: string, hasToAsk = false ): string | null {
	if ( Object.hasOwn( steps, code ) ) {
		return steps[ code ]!();
	}
	return hasToAsk ? lookItUp() : null;
}
