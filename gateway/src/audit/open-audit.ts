import { systemClock } from '../clock.ts';
import { readStorage } from '../config.ts';
import { openEngine } from '../engine.ts';
import type { Environment } from '../gateway-file.ts';
import { createLogger } from '../observability/logger.ts';
import type { AuditLog } from './audit-log.ts';

/** The audit log of the store that the environment names, for a command: the file with sites need not be right. */
export async function openAudit( environment: Environment ): Promise< { log: AuditLog; close: () => Promise< void > } > {
	const engine = await openEngine( readStorage( environment ), { clock: systemClock, logger: createLogger( 'silent' ), startedAt: systemClock.now() } );
	return { log: engine.audit, close: () => engine.close() };
}
