import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error';

export const MAX_RETRIES = 2;

/** Tries again only where the next answer can be another one, and never against the server's wish. */
export function shouldRetry( failureCount: number, error: Error ): boolean {
	if ( failureCount >= MAX_RETRIES ) {
		return false;
	}
	return ! ( error instanceof ApiError ) || error.status === 0 || error.status >= 500;
}

export function retryDelayMs( failureCount: number, error: Error ): number {
	const backoffMs = Math.min( 8_000, 500 * 2 ** failureCount );
	return error instanceof ApiError && error.retryAfterMs !== null ? Math.max( error.retryAfterMs, backoffMs ) : backoffMs;
}

export function createQueryClient(): QueryClient {
	return new QueryClient( {
		defaultOptions: {
			// Offline is an answer that people are told of; `online` would keep them waiting without a word.
			queries: { networkMode: 'always', retry: shouldRetry, retryDelay: retryDelayMs },
			mutations: { networkMode: 'always', retryDelay: retryDelayMs },
		},
	} );
}

/** One cache for everything in one window: the block and the document panel never ask twice for the same job. */
export const queryClient = createQueryClient();
