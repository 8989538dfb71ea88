import type { FinishedJob } from '@draftkeeper/contract';

/** What the outside saw, in order. */
export type Event =
	/** The gateway answered an offer with 202. */
	| { what: 'accepted'; uuid: string }
	/** The provider was called, and used so many tokens if it came to an answer. */
	| { what: 'called'; uuid: string; tokens_out: number | null }
	/** A result reached WordPress; `applied` where it changed the job there. */
	| { what: 'delivered'; uuid: string; webhook_id: string; applied: boolean; finished: FinishedJob };

/** Everything that is wrong with a history; `books` are the jobs as the gateway has them at the end. */
export function findViolations( history: readonly Event[], books: ReadonlyMap< string, FinishedJob > ): string[] {
	const violations: string[] = [];
	const uuids = new Set( history.map( ( { uuid } ) => uuid ) );
	for ( const uuid of uuids ) {
		const of = < What extends Event[ 'what' ] >( what: What ) =>
			history.filter( ( event ): event is Extract< Event, { what: What } > => event.what === what && event.uuid === uuid );
		const [ accepted, called, delivered ] = [ of( 'accepted' ), of( 'called' ), of( 'delivered' ) ];
		const applied = delivered.filter( ( event ) => event.applied );
		const book = books.get( uuid );
		if ( accepted.length === 0 ) {
			violations.push( ...( delivered.length > 0 ? [ `${ uuid }: delivered, but never accepted` ] : [] ) );
			continue;
		}
		if ( book === undefined ) {
			violations.push( `${ uuid }: accepted, but has no end` );
			continue;
		}
		if ( applied.length !== 1 ) {
			violations.push( `${ uuid }: applied ${ applied.length } times` );
		}
		if ( new Set( delivered.map( ( event ) => event.webhook_id ) ).size > 1 && book.outcome.status !== 'succeeded' ) {
			violations.push( `${ uuid }: delivered under several ids` );
		}
		if ( called.length > book.attempts.length ) {
			violations.push( `${ uuid }: called ${ called.length } times, ${ book.attempts.length } on the books` );
		}
		const succeeded = book.attempts.filter( ( { status } ) => status === 'succeeded' );
		if ( ( book.outcome.status === 'succeeded' ) !== ( succeeded.length > 0 ) ) {
			violations.push( `${ uuid }: ${ book.outcome.status }, with ${ succeeded.length } calls that succeeded` );
		}
		if ( succeeded.some( ( { tokens_out } ) => ! called.some( ( call ) => call.tokens_out === tokens_out ) ) ) {
			violations.push( `${ uuid }: tokens on the books that no call used` );
		}
		if ( called.length > 1 && ! book.maybe_billed_twice ) {
			violations.push( `${ uuid }: called ${ called.length } times, but not marked` );
		}
	}
	return violations;
}
