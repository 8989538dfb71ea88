import { type RunCLIServer, runCLI } from '@wp-playground/cli';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines } from '../command.ts';
import { PlainError } from '../plain-error.ts';
import { fromRoot, root } from '../project.ts';
import { bindLoopback } from './bind-loopback.ts';
import { LOOPBACK } from './ports.ts';

const SHOWN_LINES = 12;
const PHP_VERSION = '8.3';
/** PHP that waits for the gateway, the gateway's webhook, and the person's own requests, all at once. */
const WORKERS = 4;
const EXTENSION_INI = '/internal/shared/extensions/zz-draftkeeper.ini';
const WORDPRESS = '/wordpress';
const PLUGINS = `${ WORDPRESS }/wp-content/plugins`;
const DEBUG_LOG = 'wp-content/debug.log';
/** What of the project WordPress sees as the plugin; the rest (packages, tests, state) stays outside. */
const PLUGIN_PARTS = [ 'draftkeeper.php', 'uninstall.php', 'readme.txt', 'block.json', 'build', 'php/src', 'languages' ];

export type PlaygroundOptions = {
	/** A whole WordPress tree; it is copied, never written to. */
	tree: string;
	/** Where this site's own copy, its database and its uploads are kept. */
	folder: string;
	port: number;
	constants: Record< string, string | boolean >;
};

/** WordPress in this process, on loopback only. */
export class Playground {
	readonly url: string;
	readonly #cli: RunCLIServer;
	readonly #folder: string;

	private constructor( cli: RunCLIServer, options: PlaygroundOptions ) {
		this.#cli = cli;
		this.#folder = options.folder;
		this.url = `http://${ LOOPBACK }:${ options.port }`;
	}

	static async start( options: PlaygroundOptions ): Promise< Playground > {
		const wordPress = copyOnce( options.tree, options.folder );
		const restore = bindLoopback();
		try {
			const cli = await runCLI( {
				command: 'server',
				php: PHP_VERSION,
				port: options.port,
				'site-url': `http://${ LOOPBACK }:${ options.port }`,
				workers: WORKERS,
				verbosity: 'quiet',
				wordpressInstallMode: 'install-from-existing-files-if-needed',
				redis: false,
				memcached: false,
				'mount-before-install': [
					{ hostPath: wordPress, vfsPath: WORDPRESS },
					{ hostPath: fromRoot( 'tools/site/opcache.ini' ), vfsPath: EXTENSION_INI },
				],
				mount: pluginMounts(),
				blueprint: { steps: [ { step: 'defineWpConfigConsts', consts: { ...constants, ...options.constants } } ] },
			} );
			return new Playground( cli, options );
		} catch ( error ) {
			if ( ( error as NodeJS.ErrnoException ).code === 'EADDRINUSE' ) {
				throw new PlainError( `Port ${ options.port } was taken by another program a moment ago: run the same command again.` );
			}
			throw error;
		} finally {
			restore();
		}
	}

	/** Runs PHP with WordPress loaded; what it prints is the result, a PHP error is an error. */
	async runPhp( code: string ): Promise< string > {
		const prelude = `<?php require '${ WORDPRESS }/wp-load.php'; require_once ABSPATH . 'wp-admin/includes/admin.php';`;
		try {
			return ( await this.#cli.playground.run( { code: `${ prelude }\n${ code }` } ) ).text;
		} catch ( error ) {
			throw new Error( `PHP failed; the end of WordPress's debug log:\n${ lastLines( this.debugLog(), SHOWN_LINES ) }`, { cause: error } );
		}
	}

	/** What WordPress wrote into its debug log, over all runs of this site. */
	debugLog(): string {
		const file = join( this.#folder, 'wordpress', DEBUG_LOG );
		return existsSync( file ) ? readFileSync( file, 'utf8' ) : '';
	}

	async stop(): Promise< void > {
		await this.#cli[ Symbol.asyncDispose ]();
	}
}

const constants = {
	// Nothing waits for hosts that may not be there; loopback (the gateway) stays open.
	WP_HTTP_BLOCK_EXTERNAL: true,
	WP_ACCESSIBLE_HOSTS: `${ LOOPBACK },localhost`,
	WP_ENVIRONMENT_TYPE: 'local',
	AUTOMATIC_UPDATER_DISABLED: true,
	// Playground's own `login` option answers every request without a cookie with a redirect, webhooks too.
	PLAYGROUND_FORCE_AUTO_LOGIN_ENABLED: true,
	// The site is ticked from outside, so that nobody's page pays for it.
	DISABLE_WP_CRON: true,
	WP_DEBUG: true,
	WP_DEBUG_DISPLAY: false,
	WP_DEBUG_LOG: `${ WORDPRESS }/${ DEBUG_LOG }`,
};

function copyOnce( tree: string, folder: string ): string {
	const path = join( folder, 'wordpress' );
	if ( ! existsSync( path ) ) {
		const part = `${ path }.part`;
		rmSync( part, { recursive: true, force: true } );
		mkdirSync( folder, { recursive: true } );
		cpSync( tree, part, { recursive: true } );
		renameSync( part, path );
	}
	return path;
}

function pluginMounts(): { hostPath: string; vfsPath: string }[] {
	const parts = PLUGIN_PARTS.filter( ( part ) => existsSync( join( root, part ) ) );
	return [
		...parts.map( ( part ) => ( { hostPath: fromRoot( part ), vfsPath: `${ PLUGINS }/draftkeeper/${ part }` } ) ),
		{ hostPath: fromRoot( 'tools/demo' ), vfsPath: `${ PLUGINS }/draftkeeper-demo` },
	].filter( ( mount ) => existsSync( mount.hostPath ) );
}
