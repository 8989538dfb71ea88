import type { ErrorCode } from '@draftkeeper/contract';
import type { FastifyInstance, FastifyRequest, preValidationAsyncHookHandler } from 'fastify';
import { verifyToken, type TokenContext } from '../auth/verify-token.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Site } from '../sites/site.ts';

declare module 'fastify' {
	interface FastifyRequest {
		/** Who signed the request; set by `requireToken`. */
		site: Site | null;
		/** For whom the site has signed it: the pseudonym of a user, or of the site. */
		subject: string;
		/** Why the gateway has not done what was asked; null where it has. */
		refusal: ErrorCode | null;
	}
}

const utf8 = new TextDecoder( 'utf-8', { fatal: true } );

/** Bodies stay the bytes that arrived until their signature is checked; JSON comes after. */
export function acceptRawBodies( app: FastifyInstance ): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser( '*', { parseAs: 'buffer' }, ( _request, body, done ) => done( null, body ) );
	app.decorateRequest( 'site', null );
	app.decorateRequest( 'subject', '' );
	app.decorateRequest( 'caller', null );
	app.decorateRequest( 'refusal', null );
	app.decorateRequest( 'beganAfterMs', null );
}

/** Lets only requests pass that a registered site has signed, and parses their bodies. */
export function requireToken( context: TokenContext, clock: Clock ): preValidationAsyncHookHandler {
	return async ( request ) => {
		const body = Buffer.isBuffer( request.body ) ? request.body : Buffer.alloc( 0 );
		const { site, subject } = await verifyToken( context, {
			authorization: request.headers.authorization,
			method: request.method,
			path: request.url.split( '?', 1 )[ 0 ] ?? '',
			body,
			now: clock.now(),
		} );
		request.site = site;
		request.subject = subject;
		if ( request.method === 'POST' ) {
			request.body = parseJson( body );
		}
	};
}

export function siteOf( request: FastifyRequest ): Site {
	if ( request.site === null ) {
		throw new Error( 'The route does not require a token.' );
	}
	return request.site;
}

export function parseJson( body: Buffer ): unknown {
	try {
		return JSON.parse( utf8.decode( body ) );
	} catch {
		throw new GatewayError( 'malformed_json', 'The body is not valid JSON in UTF-8.' );
	}
}
