/** What every spec has: one running site with its gateway, a provider that can be held up, and people who are logged in. */
import { type BrowserContext, type Page, test as base } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeOpenAi, startFakeOpenAi } from '../../gateway/test/fake-openai.ts';
import { fromRoot } from '../../tools/project.ts';
import { UPSTREAM_KEY_ENV } from '../../tools/site/gateway-config.ts';
import { type Product, Site, wipeSite } from '../../tools/site/site.ts';
import { Books } from './books.ts';
import { expectCleanLogs, secretsOf } from './clean-logs.ts';
import { RIGHT_TO_LEFT } from './screenshot.ts';
import { startWebhookRecorder, type WebhookRecorder } from './webhook-recorder.ts';

const SITE_TIMEOUT_MS = 600_000;
const UPSTREAM_KEY = 'sk-canary-of-the-tests';
const FOLDER = 'test-results/site';
/** The fake provider's model; it is asked only where a spec makes it the default one. */
export const HELD_MODEL = 'held';

export type Role = 'admin' | 'editor' | 'author' | 'colleague' | 'accountant';
type Running = { site: Site; upstream: FakeOpenAi; webhooks: WebhookRecorder; products: readonly Product[]; books: Books };

type TestFixtures = {
	/** A new window of a person, as after a new login in another browser. */
	openAs: ( role: Role ) => Promise< Page >;
};

export const test = base.extend< TestFixtures, { running: Running } >( {

	running: [ async ( {}, use ) => {
		const folder = fromRoot( FOLDER );
		wipeSite( folder );
		const upstream = await startFakeOpenAi( { api_key: UPSTREAM_KEY } );
		const webhooks = await startWebhookRecorder();
		const site = await Site.start( {
			folder,
			wordPress: '7.1',
			users: [
				{ login: 'editor', role: 'editor' },
				{ login: 'colleague', role: 'editor' },
				{ login: 'author', role: 'author' },
				{ login: 'accountant', role: 'subscriber' },
			],
			upstream: { model: HELD_MODEL, base_url: upstream.url, needsKey: true, inputPrice: 2, outputPrice: 8 },
			gatewayEnv: { [ UPSTREAM_KEY_ENV ]: UPSTREAM_KEY },
			restUrlFor: ( wpUrl ) => {
				webhooks.forwardTo( wpUrl );
				return `${ webhooks.url }/wp-json/`;
			},
		} );
		const extensions = join( folder, 'wordpress/wp-content/mu-plugins' );
		mkdirSync( extensions, { recursive: true } );
		writeFileSync( join( extensions, 'no-post-locks.php' ), NO_POST_LOCKS_PHP );
		writeFileSync( join( extensions, 'right-to-left.php' ), RIGHT_TO_LEFT_PHP );
		await site.runPhp( PREPARE_PHP );
		await use( { site, upstream, webhooks, products: site.products, books: new Books( site ) } );
		const logs = { secrets: [ UPSTREAM_KEY, ...secretsOf( site ) ], debug: site.debugLog(), gateway: site.gatewayLog() };
		await site.stop();
		await webhooks.stop();
		await upstream.stop();
		expectCleanLogs( logs );
	}, { scope: 'worker', timeout: SITE_TIMEOUT_MS } ],

	openAs: async ( { browser, running }, use ) => {
		const contexts: BrowserContext[] = [];
		await use( async ( role ) => {
			const context = await browser.newContext( { baseURL: running.site.wpUrl } );
			contexts.push( context );
			// Nothing outside this machine is asked: not for avatars, not for fonts.
			await context.route( ( url ) => url.hostname !== '127.0.0.1', ( route ) => route.abort() );
			// Logs in and asks for the same page again, which nobody needs.
			await context.request.get( `/?playground_force_auto_login_as_user=${ role }`, { maxRedirects: 0 } );
			return context.newPage();
		} );
		await Promise.all( contexts.map( ( context ) => context.close() ) );
	},
} );

export { expect } from '@playwright/test';

/** WordPress gives a post free some seconds after its tab was closed; nobody waits for that here. */
const NO_POST_LOCKS_PHP = '<?php add_filter( \'wp_check_post_lock_window\', \'__return_zero\' );';

/** As a translation into a language that is read from right to left would do. */
const RIGHT_TO_LEFT_PHP = `<?php if ( isset( $_COOKIE['${ RIGHT_TO_LEFT }'] ) ) {
	add_action( 'init', static fn() => $GLOBALS['wp_locale']->text_direction = 'rtl', 0 );
	// The scripts take it from the translation of a word.
	add_filter( 'gettext_with_context', static fn( $text, $original, $context ) => 'text direction' === $context ? 'rtl' : $text, 10, 3 );
}`;

/** No welcome guides in the way; the accountant may see the books and nothing else. */
const PREPARE_PHP = `
foreach ( get_users() as $user ) {
	update_user_meta( $user->ID, $GLOBALS['wpdb']->get_blog_prefix() . 'persisted_preferences', array(
		'core/edit-post' => array( 'welcomeGuide' => false, 'fullscreenMode' => false ),
		'core' => array( 'enableChoosePatternModal' => false ),
		'_modified' => gmdate( 'c' ),
	) );
}
get_user_by( 'login', 'accountant' )->add_cap( 'draftkeeper_view_usage' );
`;
