import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
	interface FastifyRequest {
		/** Milliseconds until a streamed answer began; null where it is not one. */
		beganAfterMs: number | null;
	}
}

/** Takes the response out of Fastify's hands for a stream that begins now. */
export function beginStream( request: Pick< FastifyRequest, 'beganAfterMs' >, reply: Pick< FastifyReply, 'hijack' | 'elapsedTime' > ): void {
	reply.hijack();
	request.beganAfterMs = reply.elapsedTime;
}
