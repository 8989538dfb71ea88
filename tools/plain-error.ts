const FULL = new Set( [ 'ENOSPC', 'EDQUOT' ] );

/** Something a person can act on: shown as its sentence, without a stack. */
export class PlainError extends Error {
	override name = 'PlainError';
}

/** The sentence to show for any error. */
export function sentenceFor( error: unknown ): string {
	if ( error instanceof PlainError ) {
		return error.message;
	}
	const code = ( error as { code?: unknown } | null )?.code;
	const text = error instanceof Error ? error.stack ?? error.message : String( error );
	if ( ( typeof code === 'string' && FULL.has( code ) ) || text.includes( 'ENOSPC' ) ) {
		return 'The disk is full: free some space (about 1 GB is needed) and run the same command again.';
	}
	return text;
}
