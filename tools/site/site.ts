import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdLock } from '../file-lock.ts';
import { wordPress } from '../wordpress/wordpress.ts';
import type { WordPressName } from '../wordpress/versions.ts';
import { cronTick } from './cron-tick.ts';
import { gatewayConfig, type Upstream } from './gateway-config.ts';
import { GatewayProcess } from './gateway-process.ts';
import { keysIn } from './keys.ts';
import { Playground } from './playground.ts';
import { freePort } from './ports.ts';
import { type LocalUser, PRODUCTS_PHP, setupPhp } from './setup-php.ts';

const READY_TIMEOUT_MS = 60_000;

export type SiteOptions = {
	/** Where the site is kept: WordPress, database, keys, logs. */
	folder: string;
	wordPress: WordPressName;
	users: readonly LocalUser[];
	ports?: { wp?: string | undefined; gateway?: string | undefined };
	upstream?: Upstream | null;
	defaultModel?: string;
	/** Where the gateway delivers results, when that is not WordPress itself. */
	restUrlFor?: ( wpUrl: string ) => string;
	gatewayEnv?: NodeJS.ProcessEnv;
	/** Told what is being waited for. */
	step?: < T >( label: string, work: () => Promise< T > ) => Promise< T >;
	onGatewayDeath?: ( sentence: string ) => void;
};

export type Product = { id: number; title: string; content: string; status: string };

/** A WordPress with Draftkeeper and its gateway, on loopback ports of this machine. */
export class Site {
	readonly wpUrl: string;
	readonly gatewayUrl: string;
	readonly keys;
	readonly folder: string;
	readonly #playground: Playground;
	readonly #gateway: GatewayProcess;
	readonly #options: SiteOptions;
	readonly #stopTicks: () => void;
	readonly #letGo: () => void;
	/** The seeded products, in the order of their numbers. */
	products: readonly Product[] = [];

	private constructor( options: SiteOptions, playground: Playground, gateway: GatewayProcess, letGo: () => void ) {
		this.#options = options;
		this.#letGo = letGo;
		this.#playground = playground;
		this.#gateway = gateway;
		this.folder = options.folder;
		this.keys = keysIn( join( options.folder, 'keys.json' ) );
		this.wpUrl = playground.url;
		this.gatewayUrl = gateway.url;
		this.#stopTicks = cronTick( playground.url );
	}

	static async start( options: SiteOptions ): Promise< Site > {
		const step = options.step ?? ( ( _label, work ) => work() );
		mkdirSync( options.folder, { recursive: true } );
		const letGo = holdLock( join( options.folder, 'lock' ), `The site in ${ options.folder } runs` );
		const ports = await choosePorts( options );
		const keys = keysIn( join( options.folder, 'keys.json' ) );
		const tree = await step( 'WordPress', () => wordPress( options.wordPress ) );
		const gateway = new GatewayProcess( {
			folder: options.folder,
			port: ports.gateway,
			webhookSecret: keys.webhook_secret,
			...( options.gatewayEnv === undefined ? {} : { env: options.gatewayEnv } ),
			...( options.onGatewayDeath === undefined ? {} : { onDeath: options.onGatewayDeath } ),
		} );
		const playground = await step( `WordPress ${ tree.version } starts`, () => Playground.start( {
			tree: tree.path,
			folder: options.folder,
			port: ports.wp,
			constants: {
				DRAFTKEEPER_GATEWAY_URL: gateway.url,
				DRAFTKEEPER_SITE_ID: keys.site_id,
				DRAFTKEEPER_KEY_ID: keys.key_id,
				DRAFTKEEPER_SIGNING_KEY: keys.private_key,
				DRAFTKEEPER_WEBHOOK_SECRET: keys.webhook_secret,
			},
		} ) );
		const site = new Site( options, playground, gateway, letGo );
		try {
			await step( 'Plugin, demo products and users', async () => {
				site.products = JSON.parse( await playground.runPhp( `${ setupPhp( options.users ) }${ PRODUCTS_PHP }` ) ) as Product[];
				await firstVisit( playground.url );
			} );
			await step( 'Gateway starts', () => site.startGateway() );
		} catch ( error ) {
			await site.stop();
			throw error;
		}
		return site;
	}

	/** Starts the gateway, with another model as the default one if that is asked for. */
	async startGateway( changes: { defaultModel?: string } = {} ): Promise< void > {
		await this.#gateway.start( gatewayConfig( {
			keys: this.keys,
			wpUrl: this.wpUrl,
			restUrl: this.#options.restUrlFor?.( this.wpUrl ),
			upstream: this.#options.upstream ?? null,
			defaultModel: changes.defaultModel ?? this.#options.defaultModel ?? 'sample',
		} ) );
	}

	stopGateway(): Promise< void > {
		return this.#gateway.stop();
	}

	killGateway(): Promise< void > {
		return this.#gateway.kill();
	}

	gatewayLog(): string {
		return this.#gateway.log();
	}

	debugLog(): string {
		return this.#playground.debugLog();
	}

	runPhp( code: string ): Promise< string > {
		return this.#playground.runPhp( code );
	}

	async stop(): Promise< void > {
		this.#stopTicks();
		await this.#gateway.stop();
		await this.#playground.stop();
		this.#letGo();
	}
}

/** Everything of a kept site is gone afterwards; the WordPress tree in the cache stays. */
export function wipeSite( folder: string ): void {
	holdLock( join( folder, 'lock' ), `The site in ${ folder } runs` )();
	rmSync( folder, { recursive: true, force: true } );
}

/** A kept site keeps its ports where it can: its addresses are in its content and in the browser's history. */
async function choosePorts( options: SiteOptions ): Promise< { wp: number; gateway: number } > {
	const file = join( options.folder, 'ports.json' );
	const kept = existsSync( file ) ? ( JSON.parse( readFileSync( file, 'utf8' ) ) as { wp: number; gateway: number } ) : undefined;
	const ports = {
		wp: await freePort( 'WordPress', { asked: options.ports?.wp, preferred: kept?.wp } ),
		gateway: await freePort( 'the gateway', { asked: options.ports?.gateway, preferred: kept?.gateway } ),
	};
	writeFileSync( file, JSON.stringify( ports ) );
	return ports;
}

/** Playground answers its very first request with a redirect to itself, whatever it was: better this one than a person's. */
async function firstVisit( url: string ): Promise< void > {
	const answer = await fetch( url, { signal: AbortSignal.timeout( READY_TIMEOUT_MS ) } );
	await answer.arrayBuffer();
	if ( ! answer.ok ) {
		throw new Error( `WordPress answered its first request with ${ answer.status }.` );
	}
}
