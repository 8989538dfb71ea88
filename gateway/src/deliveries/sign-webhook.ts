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
