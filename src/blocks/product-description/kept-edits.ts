/** What somebody has typed into a suggestion, by job: undoing Accept brings the block back, and with it the edits. */
const edits = new Map< string, string >();

export function keepEdit( jobUuid: string, html: string | null ): void {
	if ( html === null ) {
		edits.delete( jobUuid );
	} else {
		edits.set( jobUuid, html );
	}
}

export function keptEdit( jobUuid: string ): string | null {
	return edits.get( jobUuid ) ?? null;
}
