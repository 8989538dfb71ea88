import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import examples from '../../../contract/examples/my_limits.json';
import { createQueryClient } from '../../api/query-client';
import { API, server } from '../../testing/server';
import { MineScreen } from './mine-screen';

let client: QueryClient;

beforeEach( () => {
	client = createQueryClient();
} );
afterEach( () => client.clear() );

function show( answer: object, state: 'ready' | 'not_connected' | 'ai_disabled' = 'ready' ) {
	server.use( http.get( `${ API }/limits/mine`, () => HttpResponse.json( answer ) ) );
	render( <QueryClientProvider client={ client }><MineScreen bootstrap={ { state } } /></QueryClientProvider> );
}

describe( 'MineScreen', () => {
	it( 'says what stops, until when, and what is used', async () => {
		show( examples.valid[ 0 ]!.value );
		expect( ( await screen.findAllByText( /You can go on at/ ) ).length ).toBeGreaterThan( 0 );
		expect( screen.getByText( '0 of 60 drafts left in 10 minutes.' ) ).toBeInTheDocument();
		expect( screen.getByText( '530 of 200,000 tokens used' ) ).toBeInTheDocument();
		expect( screen.getByText( /Nearly used up/ ) ).toBeInTheDocument();
	} );

	it( 'says so where nothing is limited', async () => {
		show( examples.valid[ 1 ]!.value );
		expect( await screen.findByText( 'Nothing is limited for you on this site.' ) ).toBeInTheDocument();
		expect( screen.getAllByText( 'You can ask for a draft now.' ).length ).toBeGreaterThan( 0 );
	} );

	it.each( [ 'ai_disabled', 'not_connected' ] as const )( 'promises no draft where there can be none: %s', async ( state ) => {
		show( examples.valid[ 1 ]!.value, state );
		await screen.findByText( 'Nothing is limited for you on this site.' );
		expect( document.querySelector( '.draftkeeper-mine__state' ) ).toBeNull();
	} );
} );
