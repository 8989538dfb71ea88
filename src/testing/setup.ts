import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import apiFetch from '@wordpress/api-fetch';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { patience } from '../../vitest.patience';
import { server } from './server';

const NONCE_OF_THE_PAGE = '0123456789';

configure( { asyncUtilTimeout: patience.expect.poll.timeout } );

// jsdom draws nothing, so it has nowhere to scroll.
Element.prototype.scrollIntoView ??= () => undefined;

// Files share one environment: what WordPress prints into a page is set up once.
if ( ! apiFetch.nonceMiddleware ) {
	apiFetch.nonceMiddleware = apiFetch.createNonceMiddleware( NONCE_OF_THE_PAGE );
	apiFetch.nonceEndpoint = 'https://shop.example/wp-admin/admin-ajax.php?action=rest-nonce';
	apiFetch.use( apiFetch.nonceMiddleware );
	apiFetch.use( apiFetch.createRootURLMiddleware( 'https://shop.example/wp-json/' ) );
}

beforeAll( () => server.listen( { onUnhandledRequest: 'error' } ) );

beforeEach( () => {
	apiFetch.nonceMiddleware!.nonce = NONCE_OF_THE_PAGE;
} );

afterEach( () => {
	cleanup();
	server.resetHandlers();
} );

afterAll( () => server.close() );
