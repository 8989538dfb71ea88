import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../../test/test-gateway.ts';

type Operation = { operationId: string; security: object[]; responses: Record< string, { content?: Record< string, unknown > } > };
type Document = { openapi: string; paths: Record< string, Record< string, Operation > >; components: { schemas: Record< string, object > } };

let gateway: TestGateway;
let document: Document;

beforeAll( async () => {
	gateway = createTestGateway( [] );
	document = ( await gateway.app.inject( { url: '/openapi.json' } ) ).json();
} );

afterAll( () => gateway.close() );

describe( 'GET /openapi.json', () => {
	it( 'is a valid document of OpenAPI 3.1', async () => {
		expect( await new Validator().validate( structuredClone( document ) ) ).toEqual( { valid: true } );
		expect( document.openapi ).toBe( '3.1.0' );
		expect( await new Validator().validate( { ...document, info: {} } ) ).toMatchObject( { valid: false } );
	} );

	it( 'is the document in docs/', () => {
		expect( document ).toEqual( JSON.parse( readFileSync( new URL( '../../../docs/openapi.json', import.meta.url ), 'utf8' ) ) );
	} );

	it( 'holds every route, who may call it and how it fails', () => {
		const operations = Object.entries( document.paths ).flatMap( ( [ path, methods ] ) => Object.entries( methods ).map( ( [ method, operation ] ) => ( { ...operation, name: `${ method } ${ path }` } ) ) );
		expect( operations.map( ( { name } ) => name ) ).toEqual( expect.arrayContaining( [
			'post /v1/jobs', 'get /v1/jobs', 'delete /v1/jobs/{uuid}', 'get /v1/jobs/{uuid}/events', 'post /v1/chat/completions', 'post /v1/chat', 'post /v1/embeddings', 'get /v1/models', 'get /v1/models/{model}',
		] ) );
		for ( const { name, operationId, security, responses } of operations ) {
			expect( [ name, operationId, Array.isArray( security ), 'default' in responses ] ).toEqual( [ name, expect.any( String ), true, true ] );
		}
		expect( new Set( operations.map( ( { operationId } ) => operationId ) ).size ).toBe( operations.length );
	} );

	it( 'names shapes once and refers to nothing that is not there', () => {
		const references = [ ...JSON.stringify( document ).matchAll( /"#\/components\/schemas\/(\w+)"/g ) ].map( ( [ , name ] ) => name );
		expect( references ).toContain( 'chat_chunk' );
		expect( [ ...new Set( references ) ].filter( ( name ) => ! ( String( name ) in document.components.schemas ) ) ).toEqual( [] );
		expect( Object.keys( document.components.schemas ).filter( ( name ) => name.endsWith( 'Input' ) ) ).toEqual( [] );
	} );
} );
