import { apiModel, modelList } from '@draftkeeper/contract';
import { apiError, embeddingList, embeddingRequest } from '@draftkeeper/contract/openai';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { makeCall } from '../calls/make-call.ts';
import { toEmbeddingList, toTexts } from '../openai/embeddings.ts';
import { describeModel, findModel, listModels } from '../openai/models.ts';
import { validateRequest } from '../openai/validate.ts';
import { embedWithModel } from '../providers/call-model.ts';
import { sendApiError } from './api-errors.ts';
import { addChatRoutes, type ChatRoutesDeps } from './chat-routes.ts';
import { fromBrowsers } from './cors.ts';
import { callerOf, requireCaller, traceOf } from './require-caller.ts';

export type OpenAiRoutesDeps = ChatRoutesDeps & { /** Milliseconds. */ startedAt: number };

/** For any client of OpenAI's API, with a key of the site or its signature: chat, embeddings, models. */
export function addOpenAiRoutes( fastify: FastifyInstance, deps: OpenAiRoutesDeps ): void {
	fastify.register( async ( scope ) => {
		scope.setValidatorCompiler( validateRequest );
		scope.setErrorHandler( sendApiError( deps.logger ) );
		addChatRoutes( scope, deps );
		addEmbeddingsRoute( scope, deps );
		addModelsRoutes( scope, deps );
	} );
}

function addEmbeddingsRoute( fastify: FastifyInstance, deps: OpenAiRoutesDeps ): void {
	fastify.withTypeProvider< ZodTypeProvider >().post( '/v1/embeddings', {
		...requireCaller( deps, 'embeddings' ),
		config: fromBrowsers( deps.sites ),
		schema: {
			operationId: 'createEmbedding', tags: [ 'OpenAI' ], summary: 'Turn texts into vectors', body: embeddingRequest,
			response: { 200: embeddingList, default: apiError },
		},
	}, async ( request, reply ) => {
		const caller = callerOf( request );
		const { input, dimensions } = request.body;
		const model = findModel( deps.models, caller, request.body.model );
		const values = await toTexts( input );
		const answer = await makeCall( deps, { caller, request_id: request.id, trace: traceOf( request ), model, route: 'embeddings', values }, reply.raw, ( grant ) => {
			reply.headers( grant.admitted.headers );
			return embedWithModel( grant.model, model, { values: [ ...( grant.admitted.values ?? values ) ], signal: grant.signal, ...( typeof dimensions === 'number' ? { dimensions } : {} ) } );
		} );
		// Null: whoever asked has gone, and what is sent goes nowhere.
		return toEmbeddingList( request.body, answer ?? { embeddings: [], usage: { tokens_in: null, tokens_out: null } } );
	} );
}

function addModelsRoutes( fastify: FastifyInstance, deps: OpenAiRoutesDeps ): void {
	const app = fastify.withTypeProvider< ZodTypeProvider >();
	const forCallers = { ...requireCaller( deps, 'models', { wordpress: true } ), config: fromBrowsers( deps.sites ) };
	const created = Math.floor( deps.startedAt / 1000 );
	app.get( '/v1/models', {
		...forCallers,
		schema: {
			operationId: 'listModels', tags: [ 'OpenAI' ], summary: 'The models that the caller may use, with their prices',
			response: { 200: modelList, default: apiError },
		},
	}, async ( request ) => listModels( deps.models, callerOf( request ), created ) );
	app.get( '/v1/models/:model', {
		...forCallers,
		schema: {
			operationId: 'retrieveModel', tags: [ 'OpenAI' ], summary: 'One of them', params: z.object( { model: z.string() } ),
			response: { 200: apiModel, default: apiError },
		},
	}, async ( request ) => {
		const caller = callerOf( request );
		return describeModel( findModel( deps.models, caller, request.params.model ), caller, created );
	} );
}
