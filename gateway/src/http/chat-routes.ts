import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { apiError, chatCompletion, chatRequest, type ChatCompletion, type ChatRequest } from '@draftkeeper/contract/openai';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AnswerStore, NamedRequest } from '../calls/answer-store.ts';
import { makeCall, type CallGrant, type MakeCallDeps } from '../calls/make-call.ts';
import { GatewayError } from '../errors.ts';
import { answerStreamed, answerWhole, replayStreamed, type AskedChat } from '../openai/answer-chat.ts';
import { toCallOptions } from '../openai/call-options.ts';
import { ChunkStream } from '../openai/chunk-stream.ts';
import { ableModel, findModel } from '../openai/models.ts';
import { readNamedRequest } from '../openai/named-request.ts';
import type { Models } from '../providers/models.ts';
import { beginStream } from './begin-stream.ts';
import { fromBrowsers } from './cors.ts';
import { describeApiError } from './api-errors.ts';
import { callerOf, requireCaller, traceOf, type CallerContext } from './require-caller.ts';

export type ChatRoutesDeps = CallerContext & MakeCallDeps & { models: Models; answers: AnswerStore };

/** Some pictures, as data. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const IN_PROGRESS_RETRY_MS = 1_000;

/** `POST /v1/chat/completions`, and the same under `/v1/chat`. */
export function addChatRoutes( fastify: FastifyInstance, deps: ChatRoutesDeps ): void {
	const app = fastify.withTypeProvider< ZodTypeProvider >();
	for ( const [ path, operationId ] of [ [ '/v1/chat/completions', 'createChatCompletion' ], [ '/v1/chat', 'createChat' ] ] as const ) {
		app.post( path, {
			...requireCaller( deps, 'chat' ),
			config: fromBrowsers( deps.sites ),
			bodyLimit: MAX_BODY_BYTES,
			schema: {
				operationId,
				tags: [ 'OpenAI' ],
				summary: 'Answer a conversation, whole or as a stream of chat.completion.chunk events that ends with [DONE]',
				body: chatRequest,
				response: { 200: chatCompletion, default: apiError },
			},
		}, async ( request, reply ) => answerChat( deps, request, reply as FastifyReply, request.body ) as Promise< never > );
	}
}

async function answerChat( deps: ChatRoutesDeps, request: FastifyRequest, reply: FastifyReply, body: ChatRequest ): Promise< FastifyReply > {
	const caller = callerOf( request );
	const options = toCallOptions( body );
	const model = ableModel( findModel( deps.models, caller, body.model ), options );
	const head = { id: `chatcmpl-${ randomUUID().replaceAll( '-', '' ) }`, created: Math.floor( deps.clock.now() / 1000 ), model: model.id };
	const asked: AskedChat = { request: body, model, options, head };
	const named = readNamedRequest( request.headers[ 'idempotency-key' ], caller, body );
	const known = named === null ? null : await claim( deps, named );
	if ( known !== null ) {
		reply.header( 'idempotency-replayed', 'true' );
		return send( deps, request, reply, body, async ( stream ) => {
			if ( stream !== null ) {
				replayStreamed( known, body, stream );
			}
			return known;
		} );
	}
	let answer: ChatCompletion | null = null;
	try {
		return await send( deps, request, reply, body, async ( stream ) => {
			const call = ( grant: CallGrant ) => {
				reply.headers( grant.admitted.headers );
				return stream === null ? answerWhole( grant, asked ) : answerStreamed( grant, asked, stream );
			};
			const cache = { user: body.user ?? null, isBypassed: request.headers[ 'cache-control' ]?.includes( 'no-cache' ) ?? false };
			answer = await makeCall( deps, { caller, request_id: request.id, trace: traceOf( request ), model, cache, route: 'chat', options: asked.options, answers: body.n ?? 1 }, reply.raw, call );
			return answer;
		} );
	} finally {
		if ( named !== null ) {
			await deps.answers.finish( named, answer === null ? null : JSON.stringify( answer ), deps.clock.now() );
		}
	}
}

/** The answer that this name has brought before; null where this is the request to answer. */
async function claim( { answers, clock }: ChatRoutesDeps, named: NamedRequest ): Promise< ChatCompletion | null > {
	const claimed = await answers.claim( named, clock.now() );
	switch ( claimed.kind ) {
		case 'begun':
			return null;
		case 'answered':
			return JSON.parse( claimed.answer_json ) as ChatCompletion;
		case 'in_progress':
			throw new GatewayError( 'request_in_progress', 'The request of this Idempotency-Key is being answered.', {
				isRetryable: true, retryAfterMs: IN_PROGRESS_RETRY_MS,
			} );
		case 'other_request':
			throw new GatewayError( 'idempotency_key_reused', 'This Idempotency-Key was sent with another request before.' );
	}
}

type Answer = ( stream: ChunkStream | null ) => Promise< ChatCompletion | null >;

async function send( { logger }: ChatRoutesDeps, request: FastifyRequest, reply: FastifyReply, body: ChatRequest, answer: Answer ): Promise< FastifyReply > {
	if ( body.stream !== true ) {
		const completion = await answer( null );
		return completion === null ? abandon( reply ) : sendWhole( reply, completion );
	}
	const stream = new ChunkStream( reply.raw, () => {
		const headers = reply.getHeaders() as OutgoingHttpHeaders;
		beginStream( request, reply );
		return { ...headers, 'x-request-id': request.id, 'x-content-type-options': 'nosniff' };
	} );
	try {
		if ( ( await answer( stream ) ) === null ) {
			return abandon( reply );
		}
	} catch ( error ) {
		if ( ! stream.hasBegun ) {
			throw error;
		}
		stream.fail( describeApiError( error, request, logger ).body );
	}
	return reply;
}

/** As it is: it was made in the contract's shape, and to check that again takes as long as to write it. */
function sendWhole( reply: FastifyReply, completion: ChatCompletion ): FastifyReply {
	return reply.type( 'application/json; charset=utf-8' ).send( JSON.stringify( completion ) );
}

/** Nobody is there to read an answer. */
function abandon( reply: FastifyReply ): FastifyReply {
	reply.hijack();
	reply.raw.destroy();
	return reply;
}
