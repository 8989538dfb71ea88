import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { TokenContext } from '../auth/verify-token.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import { readRequestId, readTrace, traceIdOf } from '../observability/trace.ts';
import { addCors } from './cors.ts';
import { addOpenApi } from './openapi.ts';
import { addHealthRoutes, type HealthRoutesDeps } from './health-routes.ts';
import { addJobsRoutes, type JobsRoutesDeps } from './jobs-routes.ts';
import { addOpenAiRoutes, type OpenAiRoutesDeps } from './openai-routes.ts';
import { sendNotFound, sendProblem, toGatewayError } from './problem.ts';
import { acceptRawBodies, requireToken } from './require-token.ts';
import { addStreamRoutes, type StreamRoutesDeps } from './stream-routes.ts';

const MAX_BODY_BYTES = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

export type AppDeps = TokenContext & Omit< JobsRoutesDeps, 'authenticate' > & StreamRoutesDeps & HealthRoutesDeps & OpenAiRoutesDeps & {
	logger: Logger;
	meter?: Meter;
};

/** The gateway's HTTP side, without a port: everything it needs is an argument. */
export function createApp( deps: AppDeps ): FastifyInstance {
	const app: FastifyInstance = Fastify( {
		loggerInstance: deps.logger as FastifyBaseLogger,
		logController: new LogController( { disableRequestLogging: true } ),
		bodyLimit: MAX_BODY_BYTES,
		requestTimeout: REQUEST_TIMEOUT_MS,
		forceCloseConnections: 'idle',
		genReqId: ( { headers } ) => readRequestId( headers ),
	} );
	app.setValidatorCompiler( validatorCompiler );
	app.setSerializerCompiler( serializerCompiler );
	acceptRawBodies( app );

	app.addHook( 'onSend', ( request, reply, payload, send ) => {
		reply.header( 'x-request-id', request.id ).header( 'cache-control', 'no-store' ).header( 'x-content-type-options', 'nosniff' );
		reply.header( 'date', new Date( deps.clock.now() ).toUTCString() );
		// What is ready in one turn of the event loop goes out together: to wake whoever reads it for each answer costs a tenth of a call.
		setImmediate( send, null, payload );
	} );
	app.addHook( 'onResponse', ( request, reply, done ) => {
		const { refusal: code, beganAfterMs } = request;
		deps.meter?.requestAnswered( {
			method: request.method, route: request.routeOptions.url ?? '(none)', status: reply.statusCode, seconds: ( beganAfterMs ?? reply.elapsedTime ) / 1000,
		} );
		const tenant = ( request.site ?? request.caller?.site )?.tenant;
		if ( code !== null ) {
			deps.meter?.refused( { tenant: tenant ?? null, code } );
		}
		deps.logger.info( {
			request_id: request.id,
			trace_id: traceIdOf( request.id ),
			...readTrace( request.headers.traceparent ),
			tenant,
			method: request.method,
			route: request.routeOptions.url,
			status: reply.statusCode,
			...( code === null ? {} : { code } ),
			ms: Math.round( reply.elapsedTime ),
			...( beganAfterMs === null ? {} : { first_byte_ms: Math.round( beganAfterMs ) } ),
		}, 'request answered' );
		done();
	} );
	app.setNotFoundHandler( ( _request, reply ) => sendNotFound( reply ) );
	app.setErrorHandler( ( error, request, reply ) => {
		const known = toGatewayError( error );
		if ( known === null || known.cause !== undefined ) {
			deps.logger.error( { request_id: request.id, code: known?.code, err: known?.cause ?? error }, 'request failed' );
		}
		return sendProblem( reply, known ?? new GatewayError( 'internal_error', 'The gateway met an unexpected error.', { isRetryable: true } ) );
	} );

	addOpenApi( app );
	addCors( app );
	// In a scope of their own, so that they are added when the document and the preflights are listening.
	app.register( async ( routes ) => addRoutes( routes, deps ) );
	return app;
}

function addRoutes( app: FastifyInstance, deps: AppDeps ): void {
	addHealthRoutes( app, deps );
	addJobsRoutes( app, { ...deps, authenticate: requireToken( deps, deps.clock ) } );
	addStreamRoutes( app, deps );
	addOpenAiRoutes( app, deps );
	app.get( '/openapi.json', { schema: { hide: true } as object }, () => app.swagger() );
}
