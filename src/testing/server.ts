import { setupServer } from 'msw/node';

export const API = 'https://shop.example/wp-json/draftkeeper/v1';

/** Answers requests of a test; one without a handler fails it. */
export const server = setupServer();
