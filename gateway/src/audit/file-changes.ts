import type { GatewayFile } from '../gateway-file.ts';
import type { Site } from '../sites/site.ts';
import type { AuditEvent } from './audit-log.ts';

type Change = Pick< AuditEvent, 'action' | 'subject' >;

/** What may be told with its value. Of the rest, which may hold a secret or be long, only that it has changed. */
const shown = [
	'home', 'rest_url', 'private_networks', 'origins', 'api', 'models', 'default_model', 'time_zone', 'limits', 'budgets', 'max_input_tokens',
	'max_output_tokens', 'cache', 'redaction',
] as const satisfies ( keyof Site )[];
const MAX_LENGTH = 2_000;

/** What a file says otherwise than the one before: names, numbers and addresses, never a secret. */
export function changesOfFile( before: GatewayFile, after: GatewayFile ): Change[] {
	const tenants = [ ...new Set( [ ...before.sites.keys(), ...after.sites.keys() ] ) ].sort();
	const sites = tenants.flatMap( ( tenant ): Change[] => {
		const [ old, now ] = [ before.sites.get( tenant ), after.sites.get( tenant ) ];
		if ( old === undefined || now === undefined ) {
			return [ { action: old === undefined ? 'site_added' : 'site_removed', subject: tenant } ];
		}
		const switched = old.disabled === now.disabled ? [] : [ { action: now.disabled ? 'site_disabled' : 'site_enabled', subject: tenant } ];
		const changes = changesOfSite( old, now );
		return changes === '' ? switched : [ ...switched, { action: 'site_changed', subject: `${ tenant } ${ changes }`.slice( 0, MAX_LENGTH ) } ];
	} );
	return [ ...sites, ...changesOfNamed( 'provider', before.providers, after.providers, ( { name } ) => name ), ...changesOfNamed( 'model', before.models, after.models, ( { id } ) => id ) ];
}

function changesOfSite( old: Site, now: Site ): string {
	const values = shown.filter( ( name ) => ! isSame( old[ name ], now[ name ] ) ).map( ( name ) => `${ name }: ${ toText( old[ name ] ) } → ${ toText( now[ name ] ) }` );
	const keys = isSame( publicKeys( old ), publicKeys( now ) ) ? [] : [ `keys: ${ toText( [ ...old.keys.keys() ] ) } → ${ toText( [ ...now.keys.keys() ] ) }` ];
	const hidden = [
		...( isSame( old.webhook_secrets, now.webhook_secrets ) ? [] : [ 'webhook secret' ] ),
		...( isSame( old.api_secrets, now.api_secrets ) ? [] : [ 'API secret' ] ),
		...( isSame( [ old.moderation, old.moderation_key ], [ now.moderation, now.moderation_key ] ) ? [] : [ 'moderation' ] ),
	];
	return [ ...values, ...keys, ...hidden ].join( '; ' );
}

function changesOfNamed< T >( noun: string, before: readonly T[], after: readonly T[], nameOf: ( item: T ) => string ): Change[] {
	const textsOf = ( items: readonly T[] ) => new Map( items.map( ( item ) => [ nameOf( item ), JSON.stringify( item ) ] ) );
	const [ old, now ] = [ textsOf( before ), textsOf( after ) ];
	const added = [ ...now.keys() ].filter( ( name ) => ! old.has( name ) ).map( ( subject ) => ( { action: `${ noun }_added`, subject } ) );
	const others = [ ...old ].filter( ( [ name, text ] ) => now.get( name ) !== text ).map( ( [ subject ] ) => ( {
		action: `${ noun }_${ now.has( subject ) ? 'changed' : 'removed' }`, subject,
	} ) );
	return [ ...added, ...others ];
}

const publicKeys = ( { keys }: Site ) => [ ...keys ].map( ( [ kid, key ] ) => [ kid, key.export( { type: 'spki', format: 'pem' } ) ] );

const isSame = ( one: unknown, other: unknown ): boolean => JSON.stringify( one ) === JSON.stringify( other );

const toText = ( value: unknown ): string => JSON.stringify( value ) ?? 'none';
