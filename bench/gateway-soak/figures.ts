import { statSync } from 'node:fs';
import type { Redis } from 'ioredis';

export type Sample = Record< 'rss' | 'heap' | 'fds' | 'handles' | 'file' | 'wal' | 'redis' | 'waiting' | 'undelivered', number >;

const names: Record< 'rss' | 'heap' | 'fds' | 'handles', string > = {
	rss: 'process_resident_memory_bytes', heap: 'nodejs_heap_size_used_bytes', fds: 'process_open_fds', handles: 'nodejs_active_handles_total',
};

/** What the process holds, by its own figures, and what its store takes. */
export async function takeSample( metrics: string, database: string, redis: Redis | null ): Promise< Sample > {
	const text = await ( await fetch( metrics ) ).text();
	const sum = ( name: string, labels = '' ): number => text.split( '\n' )
		.filter( ( line ) => new RegExp( `^draftkeeper_${ name }(\\{.*${ labels }.*\\})? ` ).test( line ) )
		.reduce( ( total, line ) => total + Number( line.slice( line.lastIndexOf( ' ' ) + 1 ) ), 0 );
	const sizeOf = ( file: string ): number => statSync( file, { throwIfNoEntry: false } )?.size ?? 0;
	const memory = redis === null ? 0 : Number( /used_memory:(\d+)/.exec( await redis.info( 'memory' ) )?.[ 1 ] );
	return {
		rss: sum( names.rss ), heap: sum( names.heap ), fds: sum( names.fds ), handles: sum( names.handles ),
		file: sizeOf( database ), wal: sizeOf( `${ database }-wal` ), redis: memory,
		waiting: sum( 'queue_depth' ), undelivered: sum( 'deliveries_waiting', 'undelivered' ),
	};
}

/** Least of a figure in a part of the run: what is left when the rubbish has been taken out. */
export function floorOf( samples: readonly Sample[], figure: keyof Sample ): number {
	return Math.min( ...samples.map( ( sample ) => sample[ figure ] ) );
}
