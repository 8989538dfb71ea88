/** Standard Webhooks' own. */
export const WEBHOOK_SECRET_PREFIX = 'whsec_';
export const API_SECRET_PREFIX = 'dksec_';
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** Decodes secrets such as `whsec_…`, separated by spaces. Throws a sentence that does not quote them. */
export function decodeSecrets( value: string, prefix: string ): Buffer[] {
	const secrets = value.split( /\s+/ ).filter( ( part ) => part !== '' );
	if ( secrets.length === 0 ) {
		throw new Error( 'holds no secret' );
	}
	return secrets.map( ( secret ) => {
		const encoded = secret.slice( prefix.length );
		const bytes = Buffer.from( encoded, 'base64' );
		if ( ! secret.startsWith( prefix ) || bytes.toString( 'base64' ).replace( /=+$/, '' ) !== encoded.replace( /=+$/, '' ) ) {
			throw new Error( `holds something that is no "${ prefix }" followed by base64` );
		}
		if ( bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES ) {
			throw new Error( `holds a secret that is not ${ MIN_SECRET_BYTES } to ${ MAX_SECRET_BYTES } bytes long` );
		}
		return bytes;
	} );
}
