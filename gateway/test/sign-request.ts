import { createHmac, randomUUID } from 'node:crypto';
import { stringToSign } from '../src/auth/verify-request.ts';

type RequestToSign = { method: string; target: string; body: string; /** Milliseconds. */ now: number; site_id?: string; request_id?: string };

/** The four headers with which a program of the site signs its request. */
export function signRequest( secret: Buffer, { method, target, body, now, site_id = 'shop:1', request_id = randomUUID() }: RequestToSign ) {
	const timestamp = String( Math.floor( now / 1000 ) );
	const signed = stringToSign( { method, target, site_id, request_id, timestamp, body } );
	return {
		'x-site-id': site_id,
		'x-request-id': request_id,
		'x-timestamp': timestamp,
		'x-signature': `v1,${ createHmac( 'sha256', secret ).update( signed ).digest( 'base64' ) }`,
	};
}
