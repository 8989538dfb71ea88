import { generateKeyPairSync } from 'node:crypto';
import { WEBHOOK_SECRET_PREFIX } from '../decode-secrets.ts';

const SECRET_BYTES = 32;

export type SigningKey = { kid: string; private_key: string; public_key: string };

/** A key with which a site signs its requests. Only the public half is for the gateway. */
export function createSigningKey( kid: string ): SigningKey {
	const { privateKey, publicKey } = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } );
	return {
		kid,
		private_key: privateKey.export( { type: 'pkcs8', format: 'pem' } ).toString().trim(),
		public_key: publicKey.export( { type: 'spki', format: 'pem' } ).toString().trim(),
	};
}

export function createWebhookSecret( randomBytes: ( size: number ) => Buffer ): string {
	return `${ WEBHOOK_SECRET_PREFIX }${ randomBytes( SECRET_BYTES ).toString( 'base64' ) }`;
}

/** The day, and a number where the site got a key that day before. */
export function newKeyId( now: number, taken: readonly string[] ): string {
	const day = new Date( now ).toISOString().slice( 0, 10 );
	let kid = day;
	for ( let number = 2; taken.includes( kid ); number++ ) {
		kid = `${ day }-${ number }`;
	}
	return kid;
}

/** `SHOP_WEBHOOK_SECRET`, `SHOP_2_WEBHOOK_SECRET` for the second blog. */
export function secretVariable( siteId: string, blogId: number, taken: readonly string[] ): string {
	const name = `${ siteId }${ blogId === 1 ? '' : `_${ blogId }` }`.toUpperCase().replace( /[^A-Z0-9]+/g, '_' );
	const first = `${ /^[A-Z_]/.test( name ) ? name : `SITE_${ name }` }_WEBHOOK_SECRET`;
	let variable = first;
	for ( let number = 2; taken.includes( variable ); number++ ) {
		variable = `${ first }_${ number }`;
	}
	return variable;
}

/** Lines for `wp-config.php`; a key on one line is read as well. */
export function wpConfigLines( constants: Readonly< Record< string, string > > ): string[] {
	return Object.entries( constants ).map( ( [ name, value ] ) => `define( '${ name }', '${ value.replaceAll( '\n', '\\n' ).replaceAll( "'", "\\'" ) }' );` );
}
