import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from '../stack/processes.ts';
import type { Link } from './link.ts';

const MS = 1000;
const PAUSE_MS = 3_000;
const DOWN_MS = 1_000;
/** Longer than WordPress waits for the gateway inside a request. */
const HANG_MS = 4_000;

const CUT_MS = 30_000;

/** Something that goes wrong for a while, and is right again when `work` is done. */
export type PlannedFault = { what: string; kind: 'kill -9' | 'hang' | 'cut'; work: () => Promise< void > };
export type Fault = { what: string; kind: PlannedFault[ 'kind' ]; fromS: number; untilS: number };

/** A server is killed and started again after a while. */
export const kill = ( service: Service ): PlannedFault => ( {
	what: service.name,
	kind: 'kill -9',
	async work() {
		await service.kill();
		await wait( DOWN_MS );
		await service.start();
	},
} );

/** A server stands still and goes on. */
export const hang = ( service: Service ): PlannedFault => ( {
	what: service.name,
	kind: 'hang',
	async work() {
		service.freeze();
		await wait( HANG_MS );
		service.thaw();
	},
} );

/** Wires are cut at the same moment. */
export const cut = ( what: string, links: readonly Link[] ): PlannedFault => ( {
	what,
	kind: 'cut',
	async work() {
		links.forEach( ( link ) => link.cut() );
		await wait( CUT_MS );
		links.forEach( ( link ) => link.mend() );
	},
} );

/** One fault after the other, with pauses. */
export async function makeFaults( plan: readonly PlannedFault[], started: number ): Promise< Fault[] > {
	const faults: Fault[] = [];
	const now = (): number => ( Date.now() - started ) / MS;
	for ( const { what, kind, work } of plan ) {
		await wait( PAUSE_MS );
		const fromS = now();
		await work();
		faults.push( { what, kind, fromS, untilS: now() } );
	}
	return faults;
}
