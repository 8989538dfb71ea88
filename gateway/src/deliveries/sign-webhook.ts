import { createHmac } from 'node:crypto';

export type WebhookToSign = {
	id: string;
	/** Unix seconds. */
	timestamp: number;
	body: string;
	/** Decoded secrets; the receiver needs only one of them. */
	secrets: readonly Buffer[];
};

/** The three headers of Standard Webhooks 1.0, one `v1` signature per secret. */
export function signWebhook( { id, timestamp, body, secrets }: WebhookToSign ): Record< string, string > {
	const signed = `${ id }.${ timestamp }.${ body }`;
	return {
		'webhook-id': id,
		'webhook-timestamp': String( timestamp ),
		'webhook-signature': secrets
			.map( ( secret ) => `v1,${ createHmac( 'sha256', secret ).update( signed, 'utf8' ).digest( 'base64' ) }` )
			.join( ' ' ),
	};
}

const PREFIX = 'whsec_';
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** Decodes `whsec_…` secrets separated by spaces. Throws a sentence that does not quote them. */
export function decodeSecrets( value: string ): Buffer[] {
	const secrets = value.split( /\s+/ ).filter( ( part ) => part !== '' );
	if ( secrets.length === 0 ) {
		throw new Error( 'holds no secret' );
	}
	return secrets.map( ( secret ) => {
		const encoded = secret.slice( PREFIX.length );
		const bytes = Buffer.from( encoded, 'base64' );
		if ( ! secret.startsWith( PREFIX ) || bytes.toString( 'base64' ).replace( /=+$/, '' ) !== encoded.replace( /=+$/, '' ) ) {
			throw new Error( 'holds something that is no "whsec_" followed by base64' );
		}
		if ( bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES ) {
			throw new Error( `holds a secret that is not ${ MIN_SECRET_BYTES } to ${ MAX_SECRET_BYTES } bytes long` );
		}
		return bytes;
	} );
}
