import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { isOriginOfASite } from '../sites/site-origins.ts';
import type { Sites } from '../sites/site.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The route may be called by scripts of the sites' own pages. */
		cors?: FastifyCorsOptions;
	}
}

/** As long as browsers keep a preflight at most. */
const PREFLIGHT_SECONDS = 7_200;
const READABLE_HEADERS = [ 'x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy', 'idempotency-replayed' ];

/**
 * Answers preflights of the routes that carry `config: fromBrowsers( sites )`, and of no other. Before those routes are added.
 * An origin of one site may not use another's token or key: the routes see to that themselves, with `originsOf`.
 */
export function addCors( app: FastifyInstance ): void {
	const preflights = new Set< string >();
	app.addHook( 'onRoute', ( { url, method, config } ) => {
		if ( config?.cors !== undefined && method !== 'OPTIONS' && ! preflights.has( url ) ) {
			preflights.add( url );
			// The hook of @fastify/cors answers; whoever comes this far stands on no page of ours.
			app.options( url, { config: { cors: config.cors }, schema: { hide: true } as object }, ( _request, reply ) => reply.callNotFound() );
		}
	} );
	app.register( cors, { origin: false } );
}

/** For a route's `config`: lets scripts on pages of the registered sites call it, without cookies. */
export function fromBrowsers( sites: Sites ): { cors: FastifyCorsOptions } {
	return {
		cors: {
			origin: ( origin, allow ) => allow( null, origin !== undefined && isOriginOfASite( sites, origin ) ? origin : false ),
			methods: [ 'GET', 'POST', 'DELETE' ],
			exposedHeaders: READABLE_HEADERS,
			maxAge: PREFLIGHT_SECONDS,
			credentials: false,
		},
	};
}
