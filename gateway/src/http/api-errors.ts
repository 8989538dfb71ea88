import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { toApiError, type ApiAnswer } from '../openai/api-errors.ts';
import { ProviderError } from '../providers/text-provider.ts';
import { toGatewayError } from './problem.ts';

/** Puts whatever went wrong into OpenAI's shape, and what nobody foresaw into the log. */
export function describeApiError( error: unknown, request: FastifyRequest, logger: Logger ): ApiAnswer {
	const known = error instanceof ProviderError ? error : toGatewayError( error );
	if ( known === null || ( known.cause !== undefined && known instanceof GatewayError ) ) {
		logger.error( { request_id: request.id, code: known?.code, err: known?.cause ?? error }, 'request failed' );
	}
	request.refusal = known instanceof ProviderError ? null : known?.code ?? 'internal_error';
	return toApiError( known ?? new GatewayError( 'internal_error', 'The gateway met an unexpected error.', { isRetryable: true } ), request.id );
}

/** For the routes of OpenAI's clients; all others answer with problem+json. */
export function sendApiError( logger: Logger ): ( error: FastifyError, request: FastifyRequest, reply: FastifyReply ) => FastifyReply {
	return ( error, request, reply ) => {
		const { status, headers, body } = describeApiError( error, request, logger );
		return reply.code( status ).headers( headers ).type( 'application/json; charset=utf-8' ).serializer( JSON.stringify ).send( body );
	};
}
