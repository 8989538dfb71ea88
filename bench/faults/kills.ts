import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from '../stack/processes.ts';

const MS = 1000;
const PAUSE_MS = 3_000;
const DOWN_MS = 1_000;
/** Longer than WordPress waits for the gateway inside a request. */
const HANG_MS = 4_000;

export type FaultKind = 'kill -9' | 'hang';
export type Fault = { service: Service; kind: FaultKind; fromS: number; untilS: number };

/** One fault after the other: a server is killed and started again after a while, or stands still and goes on. */
export async function makeFaults( plan: readonly { service: Service; kind: FaultKind }[], started: number ): Promise< Fault[] > {
	const faults: Fault[] = [];
	const now = (): number => ( Date.now() - started ) / MS;
	for ( const { service, kind } of plan ) {
		await wait( PAUSE_MS );
		const fromS = now();
		if ( kind === 'hang' ) {
			service.freeze();
			await wait( HANG_MS );
			service.thaw();
		} else {
			await service.kill();
			await wait( DOWN_MS );
			await service.start();
		}
		faults.push( { service, kind, fromS, untilS: now() } );
	}
	return faults;
}
