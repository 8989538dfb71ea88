import { createHash } from 'node:crypto';
import type { Offer } from '@draftkeeper/contract';

/**
 * What makes two offers the same job: everything the text depends on.
 * The request id, the deadline and the contract version may change between two offers of one job.
 */
export function fingerprint( { task, model, messages, temperature, max_output_tokens }: Omit< Offer, 'contract_version' > ): string {
	const asked = [ task, model, messages.map( ( { role, content } ) => [ role, content ] ), temperature, max_output_tokens ];
	return createHash( 'sha256' ).update( JSON.stringify( asked ) ).digest( 'base64url' );
}
