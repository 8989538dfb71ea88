import * as z from 'zod/mini';
import { count, positive, text, utcTime } from './primitives.ts';

/** What PHP tells the editor and the admin app on load. */
export const bootstrap = z.strictObject( {
	/** `ready`, or why nothing can be generated. */
	state: z.enum( [ 'ready', 'not_connected', 'ai_disabled' ] ),
	can: z.strictObject( { generate: z.boolean(), view_usage: z.boolean(), manage: z.boolean() } ),
	user_id: positive,
	/** Post types that supply product facts. */
	post_types: z.array( z.string() ),
	/** What a draft may be asked of; empty for who may not generate, and until the gateway has told. */
	models: z.array( z.strictObject( { id: z.string(), default: z.boolean() } ) ),
	/** Where an administrator connects a gateway; null for others. */
	connect_url: z.nullable( z.string() ),
	/** The page of one's own limits; null for who may not generate. */
	limits_url: z.nullable( z.string() ),
	/** `wp_nonce`-signed address of the CSV export, without filters; null without `view_usage`. */
	export_url: z.nullable( z.string() ),
} );
export type Bootstrap = z.infer< typeof bootstrap >;

/** What `PUT /settings` may be refused for, and what a constant may lock. */
export const settingNames = [ 'gateway_url', 'site_id', 'key_id', 'text_days', 'row_days', 'redaction', 'streaming', 'on_uninstall' ] as const;

/** 0: for ever. */
const days = z.int().check( z.gte( 0 ), z.lte( 36500 ) );

/**
 * `PUT /settings`: all of it. What the address and the names may look like is checked by PHP, which alone knows whether this is a local
 * site, and answers with a sentence for the field.
 */
export const settings = z.strictObject( {
	gateway_url: text( 0, 500 ),
	site_id: text( 0, 200 ),
	key_id: text( 0, 200 ),
	/** How long after its review, or its end, a job keeps its texts. */
	text_days: days,
	/** How long jobs and the rows of the books stay. */
	row_days: days,
	/** Whether addresses and numbers of people are taken out of free text before it is sent. */
	redaction: z.boolean(),
	/** Whether drafts are shown while they are written. */
	streaming: z.boolean(),
	on_uninstall: z.enum( [ 'keep', 'delete' ] ),
} );
export type Settings = z.infer< typeof settings >;
export type SettingName = keyof Settings;

export const secretStates = [ 'missing', 'unusable', 'usable' ] as const;

/** A secret by the name of its constant; never the secret itself. */
export const secretState = z.strictObject( {
	constant: z.string(),
	state: z.enum( secretStates ),
	/** Several while one replaces another. */
	count,
	/** When this site first saw the oldest of them; null where it has seen none. */
	since: z.nullable( utcTime ),
	is_required: z.boolean(),
} );
export type SecretState = z.infer< typeof secretState >;

/** `GET /settings` and the answer to `PUT /settings`. */
export const settingsAnswer = z.strictObject( {
	/** What is in force: a constant wins over what was stored. */
	settings,
	locked: z.array( z.strictObject( { setting: z.enum( settingNames ), constant: z.string() } ) ),
	secrets: z.array( secretState ),
	/** A name for this site, made from its address. */
	suggested_site_id: z.string(),
} );
export type SettingsAnswer = z.infer< typeof settingsAnswer >;

/** `POST /settings/keys`: for which gateway, and under which name. */
export const createKeys = z.strictObject( { gateway_url: text( 0, 500 ), site_id: text( 0, 200 ) } );
export type CreateKeys = z.infer< typeof createKeys >;

/** Keys that are stored nowhere, as the lines that belong into three places. Answered once. */
export const newKeys = z.strictObject( {
	key_id: z.string(),
	/** For wp-config.php. */
	config_lines: z.string(),
	/** For `sites` in the gateway's configuration, as JSON. */
	gateway_site: z.string(),
	/** For the environment of the gateway. */
	gateway_environment: z.string(),
} );
export type NewKeys = z.infer< typeof newKeys >;

export const findingLevels = [ 'good', 'recommended', 'critical' ] as const;

/** `GET /settings/test`: what the checks of the connection have found, out and in. */
export const connectionTest = z.strictObject( {
	findings: z.array( z.strictObject( {
		check: z.enum( [ 'secrets', 'gateway', 'clock', 'webhook', 'authorization' ] ),
		level: z.enum( findingLevels ),
		label: z.string(),
		text: z.string(),
		/** What a person can do; empty where nothing has to be done. */
		next: z.string(),
	} ) ),
} );
export type ConnectionTest = z.infer< typeof connectionTest >;
