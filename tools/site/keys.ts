import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const SECRET_BYTES = 32;

/** What WordPress and the gateway know of each other. */
export type SiteKeys = { site_id: string; key_id: string; private_key: string; public_key: string; webhook_secret: string };

/** A P-256 key pair for the requests, a Standard Webhooks secret for the answers. */
export function makeKeys(): SiteKeys {
	const { privateKey, publicKey } = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } );
	return {
		site_id: `local-${ randomUUID().slice( 0, 8 ) }`,
		key_id: randomUUID(),
		private_key: privateKey.export( { type: 'pkcs8', format: 'pem' } ).toString(),
		public_key: publicKey.export( { type: 'spki', format: 'pem' } ).toString(),
		webhook_secret: `whsec_${ randomBytes( SECRET_BYTES ).toString( 'base64' ) }`,
	};
}

/** The keys of a kept site, made on its first run; only their owner may read the file. */
export function keysIn( file: string ): SiteKeys {
	if ( existsSync( file ) ) {
		return JSON.parse( readFileSync( file, 'utf8' ) ) as SiteKeys;
	}
	const keys = makeKeys();
	mkdirSync( dirname( file ), { recursive: true } );
	writeFileSync( file, JSON.stringify( keys, null, '\t' ), { mode: 0o600 } );
	return keys;
}
