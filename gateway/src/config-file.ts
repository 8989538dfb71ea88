import { createPublicKey, type KeyObject } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { modelSchema, providerSchema, slug } from './providers/provider-config.ts';
import { sitePolicyFields } from './policy/site-policy.ts';
import { tenantOf } from './sites/site.ts';

const variableName = z.string().regex( /^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable' );
const httpUrl = z.url( { protocol: /^https?$/, error: 'must be an http or https address' } );
const origin = httpUrl
	.refine( ( url ) => new URL( url ).href === `${ new URL( url ).origin }/`, 'must be an origin, without a path' )
	.transform( ( url ) => new URL( url ).origin );

const publicKey = z.string().transform( ( pem, context ): KeyObject => {
	try {
		const key = createPublicKey( pem );
		if ( ! pem.includes( 'PRIVATE' ) && key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ) {
			return key;
		}
	} catch {
		// Said below.
	}
	context.addIssue( { code: 'custom', message: 'must be a public key on the curve P-256, as PEM' } );
	return z.NEVER;
} );

const site = z.strictObject( {
	site_id: slug,
	blog_id: z.int().min( 1 ).default( 1 ),
	home: httpUrl,
	rest_url: httpUrl.refine( ( url ) => url.endsWith( '/' ), 'must end in a slash, such as /wp-json/ or ?rest_route=/' ),
	keys: z.array( z.strictObject( { kid: z.string().min( 1 ).max( 100 ), public_key: publicKey } ) ).min( 1, 'must hold a key' ),
	webhook_secret_env: variableName,
	private_networks: z.array( z.string().refine( isCidr, 'must be a network such as 10.0.0.0/8' ) ).default( [] ),
	origins: z.array( origin ).default( [] ),
	api: z.boolean().default( false ),
	api_secret_env: variableName.optional(),
	/** Absent: every model of the file. */
	models: z.array( slug ).min( 1, 'must hold a model' ).optional(),
	/** Absent: the first of the site's models. */
	default_model: slug.optional(),
	...sitePolicyFields,
} );

/** The JSON file that `DRAFTKEEPER_GATEWAY_CONFIG` names. It holds no secrets, only the names of their variables. */
export const configFileSchema = z
	.strictObject( {
		disabled: z.boolean().default( false ),
		sites: z.array( site ).min( 1, 'must hold a site' ),
		providers: z.record( slug, providerSchema ),
		models: z.array( modelSchema ).min( 1, 'must hold a model' ),
		/** Provider calls for jobs that one process makes at a time. */
		worker_concurrency: z.int().min( 1 ).max( 1_000 ).default( 8 ),
	} )
	.superRefine( ( file, context ) => {
		const problem = ( path: ( string | number )[], message: string ) => context.addIssue( { code: 'custom', path, message } );
		const models = new Set( file.models.map( ( { id } ) => id ) );
		for ( const { index, value } of repeated( file.sites.map( ( { site_id, blog_id } ) => tenantOf( site_id, blog_id ) ) ) ) {
			problem( [ 'sites', index ], `is there twice: ${ value }` );
		}
		for ( const { index, value } of repeated( file.models.map( ( { id } ) => id ) ) ) {
			problem( [ 'models', index ], `is there twice: ${ value }` );
		}
		file.models.forEach( ( { route }, index ) => {
			for ( const { provider: name } of route.filter( ( target ) => ! Object.hasOwn( file.providers, target.provider ) ) ) {
				problem( [ 'models', index, 'provider' ], `names no provider: ${ name }` );
			}
		} );
		file.sites.forEach( ( { keys, ...given }, index ) => {
			const { models: allowed, default_model } = modelsOf( given, file.models );
			for ( const id of allowed.filter( ( name ) => ! models.has( name ) ) ) {
				problem( [ 'sites', index, 'models' ], `names no model: ${ id }` );
			}
			if ( ! allowed.includes( default_model ) ) {
				problem( [ 'sites', index, 'default_model' ], 'is not among the site’s models' );
			}
			for ( const { value } of repeated( keys.map( ( { kid } ) => kid ) ) ) {
				problem( [ 'sites', index, 'keys' ], `holds two keys of one id: ${ value }` );
			}
		} );
	} )
	.transform( ( file ) => ( { ...file, sites: file.sites.map( ( given ) => ( { ...given, ...modelsOf( given, file.models ) } ) ) } ) );
export type ConfigFile = z.infer< typeof configFileSchema >;

type SiteModels = { models: readonly string[]; default_model: string };

function modelsOf( given: Partial< Pick< z.infer< typeof site >, keyof SiteModels > >, offered: readonly { id: string }[] ): SiteModels {
	const models = given.models ?? offered.map( ( { id } ) => id );
	return { models, default_model: given.default_model ?? models[ 0 ] ?? '' };
}

function isCidr( network: string ): boolean {
	return ipaddr.isValidCIDR( network );
}

function repeated( values: readonly string[] ): { index: number; value: string }[] {
	return values.map( ( value, index ) => ( { index, value } ) ).filter( ( { index, value } ) => values.indexOf( value ) < index );
}
