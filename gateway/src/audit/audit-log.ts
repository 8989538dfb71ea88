import { createHash } from 'node:crypto';

/** Who did what to what. Names and ids only: this is kept for ever. */
export type AuditEvent = {
	/** `operator:name@host` at the command line, `site:shop:1` over the network. */
	actor: string;
	/** Noun and past tense, e.g. `job_canceled`, or a command: `keys revoke`. */
	action: string;
	subject: string;
	/** Milliseconds. */
	at: number;
};

export type AuditEntry = {
	/** From 1, without gaps. */
	number: number;
	/** The event as it was hashed. */
	event_json: string;
	hash: string;
};

/** Only ever grows. Each entry's hash holds the one before: whoever changes or removes an entry breaks the chain. */
export type AuditLog = {
	append: ( event: AuditEvent ) => Promise< AuditEntry >;
	/** In order, from behind the entry `after` on. */
	read: ( after: number, limit: number ) => Promise< AuditEntry[] >;
};

export const FIRST_HASH = '0'.repeat( 64 );

/** The entry that follows the last one; null where there is none yet. */
export function nextEntry( last: Pick< AuditEntry, 'number' | 'hash' > | null, { actor, action, subject, at }: AuditEvent ): AuditEntry {
	const number = ( last?.number ?? 0 ) + 1;
	const event_json = JSON.stringify( { actor, action, subject, at } );
	return { number, event_json, hash: hashOf( last?.hash ?? FIRST_HASH, number, event_json ) };
}

const hashOf = ( previous: string, number: number, event_json: string ): string =>
	createHash( 'sha256' ).update( `${ previous }\n${ number }\n${ event_json }` ).digest( 'hex' );

const PAGE = 1_000;

/** `brokenAt` is the first entry that does not follow from the one before; `head` the last that does. */
export type AuditProof = { entries: number; head: string; brokenAt: number | null; hashes: ReadonlyMap< number, string > };

/** Follows the chain from its beginning. */
export async function prove( log: AuditLog, wanted: readonly number[] = [] ): Promise< AuditProof > {
	let last: Pick< AuditEntry, 'number' | 'hash' > = { number: 0, hash: FIRST_HASH };
	const hashes = new Map< number, string >();
	for ( ;; ) {
		const page = await log.read( last.number, PAGE );
		for ( const { number, event_json, hash } of page ) {
			if ( number !== last.number + 1 || hash !== hashOf( last.hash, number, event_json ) ) {
				return { entries: last.number, head: last.hash, brokenAt: last.number + 1, hashes };
			}
			last = { number, hash };
			if ( wanted.includes( number ) ) {
				hashes.set( number, hash );
			}
		}
		if ( page.length < PAGE ) {
			return { entries: last.number, head: last.hash, brokenAt: null, hashes };
		}
	}
}
