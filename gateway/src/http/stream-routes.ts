import { streamStatus, ticketClaims } from '@draftkeeper/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { TokenContext } from '../auth/verify-token.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { positionOf, statusOf } from '../streams/open-stream.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import { StreamTokens, type StreamGrant } from '../streams/stream-tokens.ts';
import { verifyTicket } from '../streams/verify-ticket.ts';
import { beginStream } from './begin-stream.ts';
import { fromBrowsers } from './cors.ts';

export type StreamRoutesDeps = TokenContext & { store: JobStore; clock: Clock; openStreams: OpenStreams; streamTokens: StreamTokens };

const FULL_RETRY_MS = 30_000;

const jobParams = z.object( { uuid: ticketClaims.shape.job } );

/** For the browser alone: the text of one job while it is written, and whether it still is. */
export function addStreamRoutes( fastify: FastifyInstance, deps: StreamRoutesDeps ): void {
	const app = fastify.withTypeProvider< ZodTypeProvider >();
	const { store, openStreams } = deps;
	const config = fromBrowsers( deps.sites );

	app.get( '/v1/jobs/:uuid/events', { config, schema: { params: jobParams } }, async ( request, reply ) => {
		const { token, grant } = await openWith( deps, request, request.params.uuid );
		if ( ! openStreams.hasRoomFor( grant.job ) ) {
			throw new GatewayError( 'overloaded', 'Too many streams are open.', { isRetryable: true, retryAfterMs: FULL_RETRY_MS } );
		}
		const lastEventId = request.headers[ 'last-event-id' ];
		beginStream( request, reply );
		openStreams.serve( {
			response: reply.raw,
			headers: { ...rawHeaders( reply ), 'x-request-id': request.id, 'x-content-type-options': 'nosniff' },
			requestId: request.id,
			grant,
			token,
			position: positionOf( Array.isArray( lastEventId ) ? lastEventId[ 0 ] : lastEventId, grant.job ),
		} );
		return reply;
	} );

	app.get(
		'/v1/jobs/:uuid/status',
		{ config, schema: { params: jobParams, response: { 200: streamStatus } } },
		async ( request ) => {
			const { job } = grantOf( deps, request, request.params.uuid, bearerOf( request ) );
			const [ known ] = await store.find( job.tenant, [ job.uuid ] );
			if ( known === undefined ) {
				throw new GatewayError( 'unknown_job', 'The gateway has no such job of this site.' );
			}
			return statusOf( known, deps.clock.now() );
		}
	);
}

/** A ticket once, or the short token that it brought as often as wanted. */
async function openWith( deps: StreamRoutesDeps, request: FastifyRequest, uuid: string ): Promise< { token: string; grant: StreamGrant } > {
	const bearer = bearerOf( request );
	if ( StreamTokens.isOne( bearer ) ) {
		return { token: bearer, grant: grantOf( deps, request, uuid, bearer ) };
	}
	const now = deps.clock.now();
	const origin = originOf( deps, request );
	const tenant = await verifyTicket( deps, { ticket: bearer, uuid, origin, now } );
	return deps.streamTokens.issue( { tenant, uuid }, origin, now );
}

function grantOf( deps: StreamRoutesDeps, request: FastifyRequest, uuid: string, bearer: string ): StreamGrant {
	const grant = deps.streamTokens.verify( bearer, deps.clock.now() );
	if ( grant.job.uuid !== uuid || originOf( deps, request ) !== grant.origin ) {
		throw new GatewayError( 'invalid_token', 'The token is meant for another job, or for a page of another origin.' );
	}
	return grant;
}

function bearerOf( request: FastifyRequest ): string {
	const bearer = /^Bearer +(\S+)$/i.exec( request.headers.authorization ?? '' )?.[ 1 ];
	if ( bearer === undefined ) {
		throw new GatewayError( 'unauthenticated', 'The request carries no ticket and no token.' );
	}
	return bearer;
}

/** Browsers name no origin when a page reads from its own server. */
function originOf( deps: TokenContext, request: FastifyRequest ): string {
	return request.headers.origin ?? ( request.headers[ 'sec-fetch-site' ] === 'same-origin' ? deps.origin() : '' );
}

function rawHeaders( reply: FastifyReply ): Record< string, string > {
	return Object.fromEntries( Object.entries( reply.getHeaders() ).map( ( [ name, value ] ) => [ name, String( value ) ] ) );
}
