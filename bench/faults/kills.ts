import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from '../stack/processes.ts';

const MS = 1000;

export type Fault = { service: Service; killedAtS: number; backAtS: number };

/** kill -9 for one server after the other; each is started again after a while. */
export async function killInTurn( services: readonly Service[], timing: { pauseMs: number; downMs: number }, started: number ): Promise< Fault[] > {
	const faults: Fault[] = [];
	const now = (): number => ( Date.now() - started ) / MS;
	for ( const service of services ) {
		await wait( timing.pauseMs );
		const killedAtS = now();
		await service.kill();
		await wait( timing.downMs );
		await service.start();
		faults.push( { service, killedAtS, backAtS: now() } );
	}
	return faults;
}
