import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Engine } from '../engine.ts';
import { MemoryStreamStore } from './memory-stream-store.ts';
import type { StreamStore } from './stream-store.ts';

/** What is being written, and the key of the short tokens: shared through Redis, or this process's own. */
export async function openStreamStore( { storage }: Pick< Engine, 'storage' >, clock: Clock ): Promise< { streams: StreamStore; streamKey: Buffer } > {
	if ( storage.kind === 'sqlite' ) {
		return { streams: new MemoryStreamStore( clock ), streamKey: randomBytes( 32 ) };
	}
	const { RedisStreamStore } = await import( './redis-stream-store.ts' );
	return { streams: new RedisStreamStore( storage.redis ), streamKey: await RedisStreamStore.sharedKey( storage.redis ) };
}
