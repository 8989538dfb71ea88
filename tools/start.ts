/**
 * `npm start`: Draftkeeper in a WordPress of its own, with its gateway and demo products, until Ctrl-C.
 * `-- --reset` wipes the kept site first.
 */
import { join } from 'node:path';
import { buildBundles } from './bundles/bundles.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';
import { stateFolder } from './project.ts';
import { mayOpenBrowser, openBrowser } from './site/browser.ts';
import { modelId, type Upstream, upstreamFrom } from './site/gateway-config.ts';
import { LOCAL_PASSWORD } from './site/setup-php.ts';
import { Site, wipeSite } from './site/site.ts';

const STOP_TIMEOUT_MS = 10_000;
const progress = new Progress();
const folder = join( stateFolder, 'site' );

let site: Site | null = null;
let isStopping = false;

async function stop( code: number ): Promise< void > {
	if ( isStopping ) {
		return;
	}
	isStopping = true;
	// A server that does not want to end must not keep the terminal.
	setTimeout( () => process.exit( 1 ), STOP_TIMEOUT_MS ).unref();
	await site?.stop();
	process.exit( code );
}

for ( const signal of [ 'SIGINT', 'SIGTERM', 'SIGHUP' ] as const ) {
	process.on( signal, () => {
		if ( ! isStopping ) {
			progress.line( '\nStopping …' );
		}
		void stop( 0 );
	} );
}

try {
	if ( process.argv.includes( '--reset' ) ) {
		await progress.step( 'Wiping the kept site', () => wipeSite( folder ) );
	}
	await buildBundles( progress );
	const upstream = upstreamFrom( process.env );
	site = await Site.start( {
		folder,
		wordPress: '7.1',
		users: [ { login: 'editor', role: 'editor' }, { login: 'author', role: 'author' } ],
		ports: { wp: process.env.DRAFTKEEPER_PORT, gateway: process.env.DRAFTKEEPER_GATEWAY_PORT },
		upstream,
		defaultModel: upstream === null ? 'sample' : modelId( upstream ),
		step: ( label, work ) => progress.step( label, work ),
		onGatewayDeath: ( sentence ) => progress.line( sentence ),
	} );
	welcome( site, upstream );
} catch ( error ) {
	console.error( sentenceFor( error ) );
	await stop( 1 );
}

function welcome( running: Site, upstream: Upstream | null ): void {
	const [ product ] = running.products;
	const loggedIn = ( path: string ): string => `${ running.wpUrl }/wp-admin/${ path }${ path.includes( '?' ) ? '&' : '?' }playground_force_auto_login_as_user=admin`;
	const editor = product === undefined ? 'edit.php' : `post.php?post=${ product.id }&action=edit`;
	progress.line();
	progress.line( `  Site           ${ running.wpUrl }` );
	progress.line( `  Editor         ${ running.wpUrl }/wp-admin/${ editor }${ product === undefined ? '' : `   (${ product.title })` }` );
	progress.line( `  Usage          ${ running.wpUrl }/wp-admin/admin.php?page=draftkeeper` );
	progress.line( `  Logged in      ${ loggedIn( editor ) }` );
	progress.line( `  User, password admin, ${ LOCAL_PASSWORD }   (also editor and author)` );
	progress.line( `  Gateway        ${ running.gatewayUrl }   (log: ${ join( folder, 'gateway.log' ) })` );
	progress.line( `  Writer         ${ upstream === null ? 'the offline sample writer; set DRAFTKEEPER_OPENAI_BASE_URL and DRAFTKEEPER_OPENAI_MODEL for a real one' : `${ upstream.model } at ${ upstream.base_url }` }` );
	progress.line();
	progress.line( 'Ready. Ctrl-C stops everything; the site is kept (npm start -- --reset wipes it).' );
	if ( mayOpenBrowser() ) {
		openBrowser( loggedIn( editor ) );
	}
}
