import swagger from '@fastify/swagger';
import { CONTRACT_VERSION, schemas } from '@draftkeeper/contract';
import { openaiSchemas } from '@draftkeeper/contract/openai';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import * as z from 'zod';

/** The shapes of the contract that have a name in the document. */
const named = z.registry< { id: string } >();
const { offer, offer_batch, offer_batch_answer, gateway_job, gateway_jobs, model_list, problem, stream_status } = schemas;
const api = { ...openaiSchemas, offer, offer_batch, offer_batch_answer, gateway_job, gateway_jobs, model_list, problem, stream_status };
for ( const [ name, schema ] of Object.entries( api ) ) {
	named.add( schema, { id: name } );
}

type Operation = { operationId?: string; tags: string[]; summary?: string; security: Record< string, never[] >[] };

const byWordPress = [ { site_token: [] } ];
const byPrograms = [ { api_key: [] }, { site_id: [], timestamp: [], request_id: [], signature: [] } ];

/** Who may call what; what a route does not say itself. */
const operations: Record< string, Operation > = {
	'POST /v1/jobs': { operationId: 'offerJob', tags: [ 'Jobs' ], summary: 'Take a job; a repeated offer starts nothing and answers with its present state', security: byWordPress },
	'POST /v1/jobs/batch': { operationId: 'offerJobs', tags: [ 'Jobs' ], summary: 'Take up to 25 jobs, each as if it had been offered alone', security: byWordPress },
	'GET /v1/jobs': { operationId: 'findJobs', tags: [ 'Jobs' ], summary: 'Up to 100 jobs of the site', security: byWordPress },
	'GET /v1/jobs/{uuid}': { operationId: 'getJob', tags: [ 'Jobs' ], summary: 'One job of the site', security: byWordPress },
	'DELETE /v1/jobs/{uuid}': { operationId: 'cancelJob', tags: [ 'Jobs' ], summary: 'Do not want a job any more', security: byWordPress },
	'GET /v1/jobs/{uuid}/events': {
		operationId: 'watchJob', tags: [ 'Streams' ], summary: 'The text of a job while it is written, as server-sent events', security: [ { stream_ticket: [] } ],
	},
	'GET /v1/jobs/{uuid}/status': { operationId: 'getJobStatus', tags: [ 'Streams' ], summary: 'Whether a job still runs', security: [ { stream_ticket: [] } ] },
	'POST /v1/chat/completions': { tags: [ 'OpenAI' ], security: byPrograms },
	'POST /v1/chat': { tags: [ 'OpenAI' ], security: byPrograms },
	'POST /v1/embeddings': { tags: [ 'OpenAI' ], security: byPrograms },
	'GET /v1/models/{model}': { tags: [ 'OpenAI' ], security: [ ...byPrograms, ...byWordPress ] },
	'GET /v1/models': { tags: [ 'OpenAI' ], security: [ ...byPrograms, ...byWordPress ] },
	'GET /healthz': { operationId: 'isAlive', tags: [ 'Health' ], summary: 'The process answers', security: [] },
	'GET /readyz': { operationId: 'isReady', tags: [ 'Health' ], summary: 'The gateway takes jobs', security: [] },
};

const bearer = ( bearerFormat: string, description: string ) => ( { type: 'http' as const, scheme: 'bearer', bearerFormat, description } );
const header = ( name: string, description: string ) => ( { type: 'apiKey' as const, in: 'header' as const, name, description } );

const transform = createJsonSchemaTransform( { schemaRegistry: named } );
const nameSchemas = createJsonSchemaTransformObject( { schemaRegistry: named } );

/** Gathers the OpenAPI document from the routes that are added after it. */
export function addOpenApi( app: FastifyInstance ): void {
	app.register( swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'Draftkeeper gateway',
				version: `${ CONTRACT_VERSION }`,
				description: 'What a Draftkeeper gateway serves. `version` is the contract’s. Errors are problem+json, on routes of OpenAI’s clients in their shape.',
				license: { name: 'GPL-2.0-or-later', identifier: 'GPL-2.0-or-later' },
			},
			components: {
				securitySchemes: {
					api_key: bearer( 'dk_…', 'A key of the site, made with `draftkeeper-gateway keys add`' ),
					site_token: bearer( 'JWT', 'Signed by WordPress for this very request (ES256, `typ: draftkeeper+jwt`)' ),
					stream_ticket: bearer( 'JWT or token', 'The ticket that WordPress has signed, once, or the short token that the stream begins with' ),
					site_id: header( 'X-Site-ID', 'With the three other headers: a request signed by the site; docs/api.md has the text to sign' ),
					timestamp: header( 'X-Timestamp', 'Unix time in seconds' ),
					request_id: header( 'X-Request-ID', 'A UUID, a new one for each request' ),
					signature: header( 'X-Signature', '`v1,` and base64' ),
				},
			},
		},
		transform( document ) {
			const { schema, url } = transform( document as never );
			const path = url.replaceAll( /:(\w+)/g, '{$1}' );
			const method = [ document.route.method ].flat()[ 0 ];
			return { schema: { ...operations[ `${ method } ${ path }` ], ...schema }, url };
		},
		transformObject: ( document ) => complete( nameSchemas( document as never ) as unknown as Document ) as never,
	} );
}

type Response = { description: string; content?: Record< string, { schema: object } > };
type Document = {
	paths: Record< string, Record< string, { tags: string[]; responses: Record< string, Response > } > >;
	components: { schemas: Record< string, object > };
};

const INPUT = /Input(?="|$)/;
const reference = ( name: string ) => ( { schema: { $ref: `#/components/schemas/${ name }` } } );

/** One schema per shape, as a sender may write it: whoever reads lets fields of a later version pass. */
function complete( { components, ...rest }: Document ): Document {
	const inputs = Object.entries( components.schemas ).filter( ( [ name ] ) => INPUT.test( name ) ).map( ( [ name, schema ] ) => [ name.replace( INPUT, '' ), schema ] );
	const text = JSON.stringify( { ...rest, components: { ...components, schemas: Object.fromEntries( inputs ) } } );
	const document = JSON.parse( text.replaceAll( /("#\/components\/schemas\/\w+?)Input"/g, '$1"' ) ) as Document;
	for ( const [ path, methods ] of Object.entries( document.paths ) ) {
		for ( const operation of Object.values( methods ) ) {
			completeResponses( path, operation );
		}
	}
	return document;
}

function completeResponses( path: string, { tags, responses }: Document[ 'paths' ][ string ][ string ] ): void {
	for ( const [ status, response ] of Object.entries( responses ) ) {
		response.description = status === 'default' ? 'An error' : 'As asked';
	}
	const success = responses[ '200' ];
	if ( success !== undefined && /^\/v1\/chat/.test( path ) ) {
		success.content = { ...success.content, 'text/event-stream': reference( 'chat_chunk' ) };
	} else if ( success !== undefined && path.endsWith( '/events' ) ) {
		success.content = { 'text/event-stream': { schema: { type: 'string' } } };
	}
	if ( ! tags.includes( 'OpenAI' ) ) {
		responses[ 'default' ] = { description: 'An error', content: { 'application/problem+json': reference( 'problem' ) } };
	}
}
