import { hashApiKey, isWellFormedApiKey } from '../keys/api-key.ts';
import type { AuditEvent } from './audit-log.ts';

/** Commands that change something that somebody may ask about later. */
const audited: Record< string, readonly string[] > = {
	keys: [ 'add', 'revoke' ],
	sites: [ 'add', 'rotate', 'disable', 'enable' ],
	deliveries: [ 'replay' ],
};

/** What is filed of a command, or null. An API key among the words is filed as its id. */
export function eventOfCommand( words: readonly string[], { actor, at }: Pick< AuditEvent, 'actor' | 'at' > ): AuditEvent | null {
	const [ noun = '', verb = '', ...rest ] = words;
	if ( ! ( Object.hasOwn( audited, noun ) && audited[ noun ]?.includes( verb ) ) ) {
		return null;
	}
	const subject = rest.map( ( word ) => ( isWellFormedApiKey( word ) ? hashApiKey( word ).id : word ) ).join( ' ' );
	return { actor: `operator:${ actor }`, action: `${ noun } ${ verb }`, subject, at };
}
